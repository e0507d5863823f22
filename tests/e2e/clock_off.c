// Preloaded into a process, shifts its wall clock by CENTRALITA_CLOCK_OFF seconds and leaves its monotonic clock
// alone. (Debian's libfaketime never returns from its start in a process that has jemalloc.)
//
// What reads the wall clock gets it shifted; what waits until a moment of it waits until that moment in real time.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

// A moment beyond it is one of the wall clock: the monotonic clock begins with the machine's start.
static const time_t kOldest = 1000000000;

// Read at each call: constructors of other libraries ask for the time before one of ours could run.
static time_t Off(void) {
  const char* text = getenv("CENTRALITA_CLOCK_OFF");
  return text == NULL ? 0 : atol(text);
}

static long Raw(long number, long a, long b, long c, long d, long e, long f) {
#if defined(__x86_64__)
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
#elif defined(__aarch64__)
  register long x8 __asm__("x8") = number;
  register long result __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(result) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
#else
#error "no system calls for this processor here"
#endif
  return result;
}

static long Returned(long result) {
  if (result >= -4095 && result < 0) {
    errno = (int)-result;
    return -1;
  }
  return result;
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  const long result = Returned(Raw(SYS_clock_gettime, clock, (long)now, 0, 0, 0, 0));
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += Off();
  return (int)result;
}

int gettimeofday(struct timeval* restrict now, void* restrict zone) {
  (void)zone;
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return 0;
}

int timespec_get(struct timespec* now, int base) {
  return clock_gettime(CLOCK_REALTIME, now) == 0 ? base : 0;
}

time_t time(time_t* out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != NULL) *out = now.tv_sec;
  return now.tv_sec;
}

int pthread_cond_timedwait(pthread_cond_t* restrict condition, pthread_mutex_t* restrict mutex,
                           const struct timespec* restrict until) {
  if (until->tv_sec < kOldest) return pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, until);
  const struct timespec real = {until->tv_sec - Off(), until->tv_nsec};
  return pthread_cond_clockwait(condition, mutex, CLOCK_REALTIME, &real);
}

// librdkafka waits by it. In glibc these types are those of POSIX.
int cnd_timedwait(cnd_t* restrict condition, mtx_t* restrict mutex, const struct timespec* restrict until) {
  switch (pthread_cond_timedwait((pthread_cond_t*)condition, (pthread_mutex_t*)mutex, until)) {
    case 0:
      return thrd_success;
    case ETIMEDOUT:
      return thrd_timedout;
    default:
      return thrd_error;
  }
}

// Abseil waits by it.
long syscall(long number, ...) {
  long a[6];
  va_list list;
  va_start(list, number);
  for (int i = 0; i < 6; ++i) a[i] = va_arg(list, long);
  va_end(list);
  struct timespec real;
  const struct timespec* until = (const struct timespec*)a[3];
  if (number == SYS_futex && until != NULL && (a[1] & FUTEX_CLOCK_REALTIME) != 0 &&
      (a[1] & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET) {
    real = *until;
    real.tv_sec -= Off();
    a[3] = (long)&real;
  }
  return Returned(Raw(number, a[0], a[1], a[2], a[3], a[4], a[5]));
}
