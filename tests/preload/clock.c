/* Shifts the wall clock of one process while it runs, and nothing else: what `date -s` or a time server does.
 *
 * The file that CLOCK_FILE names holds four numbers of eight bytes (tests/preload/__init__.py writes them): a sequence
 * number, odd while the others change and 0 while the clock is right; a moment of CLOCK_MONOTONIC in nanoseconds; what
 * the wall clock shows at it, in nanoseconds since 1970; and how fast it goes from there on. CLOCK_MONOTONIC and every
 * wait stay as they are.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL

struct shift {
    volatile uint64_t sequence;
    volatile int64_t monotonic, shown;
    volatile double speed;
};

static struct shift *shift;

__attribute__((constructor)) static void open_shift(void) {
    const char *name = getenv("CLOCK_FILE");
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *memory = mmap(NULL, sizeof(struct shift), PROT_READ, MAP_SHARED, file, 0);
    if (memory != MAP_FAILED)
        shift = memory;
    close(file);
}

static int64_t kernel(clockid_t clock) {
    struct timespec now;
    syscall(SYS_clock_gettime, clock, &now);
    return now.tv_sec * SECOND + now.tv_nsec;
}

static int64_t shown(void) {
    for (;;) {
        uint64_t sequence = shift ? shift->sequence : 0;
        if (sequence == 0)
            return kernel(CLOCK_REALTIME);
        __sync_synchronize();
        int64_t monotonic = shift->monotonic, begin = shift->shown;
        double speed = shift->speed;
        __sync_synchronize();
        if (sequence % 2 == 0 && shift->sequence == sequence)
            return begin + (int64_t)((kernel(CLOCK_MONOTONIC) - monotonic) * speed);
    }
}

static struct timespec parts(int64_t moment) {
    return (struct timespec){.tv_sec = moment / SECOND, .tv_nsec = moment % SECOND};
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)
        return (int)syscall(SYS_clock_gettime, clock, now);
    *now = parts(shown());
    return 0;
}

time_t time(time_t *now) {
    time_t found = shown() / SECOND;
    if (now)
        *now = found;
    return found;
}

int gettimeofday(struct timeval *now, void *zone) {
    (void)zone;
    struct timespec found = parts(shown());
    *now = (struct timeval){.tv_sec = found.tv_sec, .tv_usec = found.tv_nsec / 1000};
    return 0;
}

/* A Python built on a C library before 2.30 waits until a moment of the wall clock: the kernel needs the real one. */
int sem_timedwait(sem_t *semaphore, const struct timespec *until) {
    static int (*real)(sem_t *, const struct timespec *);
    if (!real)
        real = (int (*)(sem_t *, const struct timespec *))dlsym(RTLD_NEXT, "sem_timedwait");
    int64_t left = until->tv_sec * SECOND + until->tv_nsec - shown();
    struct timespec moment = parts(kernel(CLOCK_REALTIME) + left);
    return real(semaphore, &moment);
}
