/* What a library is called for: libc.so has all the functions. */
int shim_empty;
