/* Makes a chosen fsync or fdatasync of one process fail with EIO, without asking the disk.
 *
 * The file that SYNC_FILE names holds four numbers of eight bytes (tests/preload/__init__.py writes them): how many
 * syncs there were, the number of the one that fails (0: none), whether those after it fail too, and how many failed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct faults {
    int64_t syncs, failing, sticky, failed;
};

static volatile struct faults *faults;

__attribute__((constructor)) static void open_faults(void) {
    const char *name = getenv("SYNC_FILE");
    int file = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *memory = mmap(NULL, sizeof(struct faults), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory != MAP_FAILED)
        faults = memory;
    close(file);
}

static int fails(void) {
    if (!faults)
        return 0;
    int64_t number = __sync_add_and_fetch(&faults->syncs, 1), failing = faults->failing;
    if (failing == 0 || number < failing || (number > failing && !faults->sticky))
        return 0;
    __sync_add_and_fetch(&faults->failed, 1);
    return 1;
}

static int synced(long call, int descriptor) {
    if (!fails())
        return (int)syscall(call, descriptor);
    errno = EIO;
    return -1;
}

int fsync(int descriptor) { return synced(SYS_fsync, descriptor); }

int fdatasync(int descriptor) { return synced(SYS_fdatasync, descriptor); }
