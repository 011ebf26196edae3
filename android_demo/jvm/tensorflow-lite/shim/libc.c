/* What Android's C library (bionic) has otherwise than glibc. build.py writes forwards.h,
   with the functions that both have alike. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "forwards.h"

/* Gives android_<name> its name, under Android's version of it. */
#define ANDROID(name) __asm__(".symver android_" #name "," #name "@LIBC")

int *android___errno(void) { return &errno; }
ANDROID(__errno);

/* Standard input, output and error, an array of bionic's FILE, of 152 bytes each. */
enum { FILE_SIZE = 152 };
char android___sF[3 * FILE_SIZE];
ANDROID(__sF);

static FILE *host_file(void *file) {
  char *address = file;
  if (address == android___sF) return stdin;
  if (address == android___sF + FILE_SIZE) return stdout;
  if (address == android___sF + 2 * FILE_SIZE) return stderr;
  return file;
}

int android_fclose(void *file) { return fclose(host_file(file)); }
ANDROID(fclose);

int android_fflush(void *file) { return fflush(host_file(file)); }
ANDROID(fflush);

int android_fileno(void *file) { return fileno(host_file(file)); }
ANDROID(fileno);

int android_fputc(int character, void *file) { return fputc(character, host_file(file)); }
ANDROID(fputc);

size_t android_fwrite(const void *data, size_t size, size_t count, void *file) {
  return fwrite(data, size, count, host_file(file));
}
ANDROID(fwrite);

int android_vfprintf(void *file, const char *format, va_list arguments) {
  return vfprintf(host_file(file), format, arguments);
}
ANDROID(vfprintf);

int android_fprintf(void *file, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = vfprintf(host_file(file), format, arguments);
  va_end(arguments);
  return count;
}
ANDROID(fprintf);

/* Functions that check the sizes that the compiler knew. */
void *android___memmove_chk(void *to, const void *from, size_t size, size_t room) {
  if (size > room) abort();
  return memmove(to, from, size);
}
ANDROID(__memmove_chk);

int android___open_2(const char *path, int flags) { return open(path, flags); }
ANDROID(__open_2);

ssize_t android___read_chk(int file, void *to, size_t size, size_t room) {
  if (size > room) abort();
  return read(file, to, size);
}
ANDROID(__read_chk);

size_t android___strlen_chk(const char *text, size_t room) {
  size_t length = strlen(text);
  if (length >= room) abort();
  return length;
}
ANDROID(__strlen_chk);

int android___vsnprintf_chk(char *to, size_t size, int flags, size_t room,
                            const char *format, va_list arguments) {
  if (size > room) abort();
  return vsnprintf(to, size, format, arguments);
}
ANDROID(__vsnprintf_chk);

/* No property is set. */
int android___system_property_get(const char *name, char *value) {
  *value = 0;
  return 0;
}
ANDROID(__system_property_get);

void android_android_set_abort_message(const char *message) {
  fprintf(stderr, "%s\n", message);
}
ANDROID(android_set_abort_message);

/* bionic has its own numbers. */
enum { PAGESIZE = 0x27, PAGE_SIZE = 0x28, PROCESSORS = 0x60, PROCESSORS_ONLINE = 0x61 };

long android_sysconf(int name) {
  switch (name) {
    case PAGESIZE:
    case PAGE_SIZE:
      return sysconf(_SC_PAGESIZE);
    case PROCESSORS:
      return sysconf(_SC_NPROCESSORS_CONF);
    case PROCESSORS_ONLINE:
      return sysconf(_SC_NPROCESSORS_ONLN);
  }
  fprintf(stderr, "libc.c: sysconf(%d) is not known.\n", name);
  errno = EINVAL;
  return -1;
}
ANDROID(sysconf);

extern int __cxa_atexit(void (*function)(void *), void *argument, void *library);
extern void __cxa_finalize(void *library);
extern void __stack_chk_fail(void);

int android___cxa_atexit(void (*function)(void *), void *argument, void *library) {
  return __cxa_atexit(function, argument, library);
}
ANDROID(__cxa_atexit);

void android___cxa_finalize(void *library) { __cxa_finalize(library); }
ANDROID(__cxa_finalize);

void android___stack_chk_fail(void) { abort(); }
ANDROID(__stack_chk_fail);
