/** Is told what data gave to notice while they were read. */
export type Notice = (notes: readonly string[]) => void;
