/* The least that a program can do to send by AF_XDP: one frame, written once, handed to the kernel COUNT times. Nothing is
 * built, nothing is accounted. What `ethcraft send --engine xdp` adds to this is what scripts/bench shows.
 *
 * Usage: xdp_bare INTERFACE COUNT [BYTES]        (copy mode, queue 0)
 */
#include <errno.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SLOTS = 1024, BATCH = 512, CHUNK = 4096, CHUNKS = 256 };

static void *check(void *at, const char *what)
{
	if (at == MAP_FAILED) {
		perror(what);
		exit(1);
	}
	return at;
}

static void option(int fd, int name, const void *value, socklen_t size, const char *what)
{
	if (setsockopt(fd, SOL_XDP, name, value, size)) {
		perror(what);
		exit(1);
	}
}

int main(int count, char **words)
{
	if (count < 3) {
		fprintf(stderr, "usage: %s INTERFACE COUNT [BYTES]\n", words[0]);
		return 2;
	}
	uint64_t left = strtoull(words[2], NULL, 0);
	uint32_t bytes = count > 3 ? atoi(words[3]) : 60;
	uint32_t space = (bytes + 63) & ~63u, slots = SLOTS, budget = 1024;
	int fd = socket(AF_XDP, SOCK_RAW, 0);
	if (fd < 0 || !bytes || bytes > CHUNK) {
		perror("socket");
		return 1;
	}
	char *memory = check(mmap(NULL, CHUNK * CHUNKS, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), "memory");
	struct xdp_umem_reg registration = { .addr = (uintptr_t)memory, .len = CHUNK * CHUNKS, .chunk_size = CHUNK };
	option(fd, XDP_UMEM_REG, &registration, sizeof registration, "XDP_UMEM_REG");
	option(fd, XDP_UMEM_FILL_RING, &slots, sizeof slots, "XDP_UMEM_FILL_RING");
	option(fd, XDP_UMEM_COMPLETION_RING, &slots, sizeof slots, "XDP_UMEM_COMPLETION_RING");
	option(fd, XDP_TX_RING, &slots, sizeof slots, "XDP_TX_RING");
	struct xdp_mmap_offsets at;
	socklen_t size = sizeof at;
	if (getsockopt(fd, SOL_XDP, XDP_MMAP_OFFSETS, &at, &size)) {
		perror("XDP_MMAP_OFFSETS");
		return 1;
	}
	char *tx = check(mmap(NULL, at.tx.desc + SLOTS * sizeof(struct xdp_desc), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_POPULATE, fd, XDP_PGOFF_TX_RING), "transmit ring");
	char *done = check(mmap(NULL, at.cr.desc + SLOTS * sizeof(uint64_t), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_POPULATE, fd, XDP_UMEM_PGOFF_COMPLETION_RING), "completion ring");
	struct sockaddr_xdp address = { .sxdp_family = AF_XDP, .sxdp_ifindex = if_nametoindex(words[1]) };
	/* A queue stays busy for a moment after the socket before was closed. */
	for (int tries = 0; bind(fd, (void *)&address, sizeof address); tries++) {
		if (errno != EBUSY || tries == 500) {
			perror("bind");
			return 1;
		}
		usleep(1000);
	}
	/* Where the kernel lacks XDP_MAX_TX_SKB_BUDGET a call sends 32 frames. */
	setsockopt(fd, SOL_XDP, 9, &budget, sizeof budget);

	uint32_t *producer = (void *)(tx + at.tx.producer), *consumer = (void *)(tx + at.tx.consumer);
	uint32_t *completed = (void *)(done + at.cr.producer), *taken = (void *)(done + at.cr.consumer);
	struct xdp_desc *ring = (void *)(tx + at.tx.desc);
	uint32_t per_chunk = CHUNK / space, batch = BATCH < per_chunk * CHUNKS ? BATCH : per_chunk * CHUNKS;
	uint32_t place = 0;

	for (uint32_t i = 0; i < batch; i++) {
		char *frame = memory + i / per_chunk * CHUNK + i % per_chunk * space;
		memset(frame, 0, bytes);
		memcpy(frame, "\2\0\0\0\0\2\2\0\0\0\0\1\x08\x01", bytes < 14 ? bytes : 14);
	}
	while (left) {
		uint32_t now = left < batch ? left : batch;
		for (uint32_t i = 0; i < now; i++)
			ring[(place + i) & (SLOTS - 1)] =
				(struct xdp_desc){ .addr = i / per_chunk * CHUNK + i % per_chunk * space, .len = bytes };
		place += now;
		__atomic_store_n(producer, place, __ATOMIC_RELEASE);
		while (__atomic_load_n(consumer, __ATOMIC_ACQUIRE) != place)
			if (sendto(fd, NULL, 0, MSG_DONTWAIT, NULL, 0) < 0 && errno != EAGAIN && errno != EBUSY) {
				perror("sendto");
				return 1;
			}
		__atomic_store_n(taken, __atomic_load_n(completed, __ATOMIC_ACQUIRE), __ATOMIC_RELEASE);
		left -= now;
	}
	return 0;
}
