/**
 * What a module of CommonJS exports: Node tells its names, bundlers that cut a page into files have all under `default`.
 *
 * @param name one of them
 * @example
 * const { decode } = exportsOf(await import("jpeg-js"), "decode");
 */
export function exportsOf<Module extends object>(loaded: Module, name: keyof Module): Module {
  return name in loaded ? loaded : (loaded as unknown as { readonly default: Module }).default;
}
