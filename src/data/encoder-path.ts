/** Whether features are those of an encoder that somebody brings: the path of a file of ONNX. */
export const isEncoder = (features: string): boolean => /.\.onnx$/i.test(features);
