/* Android's log: warnings and worse, on standard error. */

#include <stdarg.h>
#include <stdio.h>

enum { WARNING = 5 };

int __android_log_vprint(int priority, const char *tag, const char *format,
                         va_list arguments) {
  if (priority < WARNING) return 0;
  fprintf(stderr, "%s: ", tag);
  int count = vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  return count;
}
