// SPDX-License-Identifier: Apache-2.0
// ssebench: one program, two roles, to measure a streaming proxy on one machine.
//   ssebench up   --port P [--events N] [--interval-us U] [--pad B] [--ttft-us U]
//       a mock LLM upstream: answers every POST with N OpenAI-style SSE chunks, one HTTP chunk each,
//       U microseconds apart (0: as fast as the socket takes them), stamped with the monotonic clock.
//   ssebench load --port P [--path /v1/chat/completions] [--conns C] [--streams S] [--seconds T] [--model M]
//                 [--auth KEY] [--ramp-us U] [--pid PID[,PID...]] [--once] [--hold] [--json]
//       a client: C connections, each one stream after another for T seconds (--once: one stream per connection),
//       reports events, delays (now - stamp), time to first byte, errors, and the CPU and memory of the PIDs.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <dirent.h>

static uint64_t now_ns(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000ull + t.tv_nsec; }
static void die(const char *m) { perror(m); exit(2); }
static int nb(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); int one = 1; setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); return fd; }

// ---------- options
static int port = 9000, events = 200, pad = 0, conns = 100, seconds = 10, once = 0, json = 0;
static long interval_us = 20000, ttft_us = 0, ramp_us = 0;
static const char *path = "/v1/chat/completions", *model = "mock", *auth = NULL, *host = "127.0.0.1";
static int pids[256], npids = 0; static const char *pidarg = NULL;

// ---------- timers: a binary heap of (due, index)
typedef struct { uint64_t due; int i; } ev_t;
static ev_t *heap; static int hn, hcap;
static void hpush(uint64_t due, int i) { if (hn == hcap) { hcap = hcap ? hcap * 2 : 1024; heap = realloc(heap, hcap * sizeof *heap); } int k = hn++; while (k && heap[(k-1)/2].due > due) { heap[k] = heap[(k-1)/2]; k = (k-1)/2; } heap[k] = (ev_t){due, i}; }
static ev_t hpop(void) { ev_t r = heap[0], l = heap[--hn]; int k = 0; for (;;) { int c = 2*k+1; if (c >= hn) break; if (c+1 < hn && heap[c+1].due < heap[c].due) c++; if (heap[c].due >= l.due) break; heap[k] = heap[c]; k = c; } heap[k] = l; return r; }

// ---------- upstream
typedef struct { int fd, gen; char in[16384]; int inl; long need; int sending, sent; char out[8192]; int outl, outo; int wantw; int stream; } uc_t;
static uc_t **ucs; static int ucap; static int ep;
static char padbuf[65536];
static void uc_close(uc_t *c) { if (!c) return; int fd = c->fd; epoll_ctl(ep, EPOLL_CTL_DEL, fd, 0); close(fd); ucs[fd] = NULL; free(c); }
static int uc_flush(uc_t *c) { while (c->outo < c->outl) { ssize_t w = send(c->fd, c->out + c->outo, c->outl - c->outo, MSG_NOSIGNAL); if (w < 0) { if (errno == EAGAIN) { if (!c->wantw) { c->wantw = 1; struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP, .data.fd = c->fd}; epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e); } return 0; } return -1; } c->outo += w; } c->outo = c->outl = 0; if (c->wantw) { c->wantw = 0; struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP, .data.fd = c->fd}; epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e); } return 1; }
static void uc_event(uc_t *c) { // append one event
  char d[4600]; int n;
  if (c->sent < events) n = snprintf(d, sizeof d, "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"mock\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"@%llu@ %.*s\"},\"finish_reason\":null}]}\n\n", (unsigned long long) now_ns(), pad > 4000 ? 4000 : pad, padbuf);
  else if (c->sent == events) n = snprintf(d, sizeof d, "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"mock\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":%d,\"total_tokens\":%d}}\n\n", events, events + 9);
  else n = snprintf(d, sizeof d, "data: [DONE]\n\n");
  c->outl += snprintf(c->out + c->outl, sizeof c->out - c->outl, "%x\r\n%s\r\n", n, d);
  if (c->sent > events) { c->outl += snprintf(c->out + c->outl, sizeof c->out - c->outl, "0\r\n\r\n"); c->sending = 0; }
  c->sent++;
}
static int uc_pump(uc_t *c) { // zero interval: as fast as the socket takes, in turns with the other connections
  for (int i = 0; c->sending; i++) { int r = uc_flush(c); if (r <= 0) return r; if (i == 64) { hpush(now_ns(), c->fd); return 1; } uc_event(c); } return uc_flush(c);
}
static long up_streams, up_events, up_aborted;
static int uc_input(uc_t *c) {
  for (;;) {
    ssize_t r = recv(c->fd, c->in + c->inl, sizeof c->in - 1 - c->inl, 0);
    if (r == 0) return -1;
    if (r < 0) return errno == EAGAIN ? 0 : -1;
    c->inl += r; c->in[c->inl] = 0;
    if (c->need > 0) { long t = c->inl < c->need ? c->inl : c->need; c->need -= t; memmove(c->in, c->in + t, c->inl - t); c->inl -= t; if (c->need) continue; goto start; }
    char *e = memmem(c->in, c->inl, "\r\n\r\n", 4); if (!e) { if (c->inl >= (int) sizeof c->in - 1) return -1; continue; }
    int hl = e + 4 - c->in; *e = 0; char *cl = strcasestr(c->in, "\r\ncontent-length:"); long len = cl ? atol(cl + 17) : 0; int chunked = strcasestr(c->in, "\r\ntransfer-encoding: chunked") != NULL; int exp = strcasestr(c->in, "\r\nexpect:") != NULL; int get = !strncmp(c->in, "GET", 3);
    if (exp) send(c->fd, "HTTP/1.1 100 Continue\r\n\r\n", 25, MSG_NOSIGNAL);
    int rest = c->inl - hl; memmove(c->in, c->in + hl, rest); c->inl = rest;
    if (get) { const char *ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok"; send(c->fd, ok, strlen(ok), MSG_NOSIGNAL); continue; }
    if (chunked) { // read until 0 chunk; bodies are small: wait for the terminator
      char *z; while (!(z = memmem(c->in, c->inl, "0\r\n\r\n", 5))) { ssize_t q = recv(c->fd, c->in + c->inl, sizeof c->in - 1 - c->inl, 0); if (q == 0) return -1; if (q < 0) { if (errno == EAGAIN) { usleep(50); continue; } return -1; } c->inl += q; }
      c->inl = 0; goto start;
    }
    if (len > c->inl) { c->need = len - c->inl; c->inl = 0; continue; }
    c->inl -= len;
  start:
    up_streams++; c->sending = 1; c->sent = 0; c->gen++; c->outl = snprintf(c->out, sizeof c->out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n");
    if (interval_us == 0 && !ttft_us) return uc_pump(c);
    if (ttft_us) { hpush(now_ns() + ttft_us * 1000, c->fd); } else { if (uc_flush(c) < 0) return -1; uint64_t ph = (uint64_t) rand() % (interval_us + 1); hpush(now_ns() + ph * 1000, c->fd); }
  }
}
static volatile sig_atomic_t stop;
static void onterm(int s) { (void) s; stop = 1; }
static void run_up(void) {
  int ls = socket(AF_INET, SOCK_STREAM, 0), one = 1; setsockopt(ls, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)}; a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(ls, (void *) &a, sizeof a) || listen(ls, 65535)) die("bind"); nb(ls);
  ucap = 1 << 20; ucs = calloc(ucap, sizeof *ucs); memset(padbuf, 'x', sizeof padbuf); ep = epoll_create1(0);
  struct epoll_event e = {.events = EPOLLIN, .data.fd = ls}; epoll_ctl(ep, EPOLL_CTL_ADD, ls, &e);
  static struct epoll_event evs[1024]; signal(SIGTERM, onterm); signal(SIGINT, onterm);
  while (!stop) {
    int to = -1; if (hn) { uint64_t n = now_ns(); to = heap[0].due <= n ? 0 : (int) ((heap[0].due - n + 999999) / 1000000); }
    int k = epoll_wait(ep, evs, 1024, to);
    for (int i = 0; i < k; i++) { int fd = evs[i].data.fd;
      if (fd == ls) { for (;;) { int c = accept4(ls, 0, 0, SOCK_NONBLOCK); if (c < 0) break; nb(c); uc_t *u = calloc(1, sizeof *u); u->fd = c; ucs[c] = u; struct epoll_event x = {.events = EPOLLIN | EPOLLRDHUP, .data.fd = c}; epoll_ctl(ep, EPOLL_CTL_ADD, c, &x); } continue; }
      uc_t *c = ucs[fd]; if (!c) continue; int bad = 0;
      if (evs[i].events & (EPOLLHUP | EPOLLERR)) bad = 1;
      if (!bad && evs[i].events & (EPOLLIN | EPOLLRDHUP)) bad = uc_input(c) < 0;
      if (!bad && evs[i].events & EPOLLOUT) bad = (interval_us == 0 ? uc_pump(c) : uc_flush(c)) < 0;
      if (bad) { if (c->sending) up_aborted++; uc_close(c); }
    }
    uint64_t n = now_ns();
    while (hn && heap[0].due <= n) { ev_t t = hpop(); uc_t *c = ucs[t.i]; if (!c || !c->sending) continue;
      if (interval_us == 0) { if (uc_pump(c) < 0) { up_aborted++; uc_close(c); } continue; }
      if (c->outl > 6000) { hpush(n + interval_us * 1000, t.i); continue; } // reader is slow: hold
      uc_event(c); up_events++; if (uc_flush(c) < 0) { up_aborted++; uc_close(c); continue; }
      if (c->sending) hpush(t.due + interval_us * 1000, t.i);
    }
  }
  fprintf(stderr, "up: streams %ld aborted %ld\n", up_streams, up_aborted);
}

// ---------- load
typedef struct { int fd; int st; uint64_t t0; char tail[64]; int tl; int first; int n; int connected; } lc_t;
static uint64_t *lat; static long nlat, caplat; static uint64_t *ttfb; static long nttfb;
static long done, errors, evcount, status_bad, bytes_in;
static char req[2048]; static int reql;
static void cpu_of(double *cpu, long *rss) { *cpu = 0; *rss = 0; long hz = sysconf(_SC_CLK_TCK); for (int i = 0; i < npids; i++) { char f[64], b[4096]; snprintf(f, sizeof f, "/proc/%d/stat", pids[i]); FILE *h = fopen(f, "r"); if (!h) continue; size_t r = fread(b, 1, sizeof b - 1, h); b[r] = 0; fclose(h); char *p = strrchr(b, ')'); unsigned long u, s; if (p && sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &u, &s) == 2) *cpu += (double) (u + s) / hz;
    snprintf(f, sizeof f, "/proc/%d/status", pids[i]); h = fopen(f, "r"); if (!h) continue; while (fgets(b, sizeof b, h)) if (!strncmp(b, "VmRSS:", 6)) *rss += atol(b + 6); fclose(h); } }
static int cmp(const void *a, const void *b) { uint64_t x = *(uint64_t *) a, y = *(uint64_t *) b; return x < y ? -1 : x > y; }
static double pct(uint64_t *v, long n, double p) { if (!n) return -1; long i = (long) (p * (n - 1)); return v[i] / 1000.0; }
static int lconnect(lc_t *c) { c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0); if (c->fd < 0) die("socket"); int one = 1; setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)}; inet_aton(host, &a.sin_addr); int r = connect(c->fd, (void *) &a, sizeof a); if (r < 0 && errno != EINPROGRESS) { close(c->fd); return -1; } c->st = 0; return 0; }
static void lsend(lc_t *c) { c->t0 = now_ns(); c->first = 1; c->tl = 0; c->n = 0; c->st = 1; ssize_t w = send(c->fd, req, reql, MSG_NOSIGNAL); if (w != reql) errors++; }
static void run_load(void) {
  char body[512]; int bl = snprintf(body, sizeof body, "{\"model\":\"%s\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Say something long.\"}]}", model);
  reql = snprintf(req, sizeof req, "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\n%s%s%sContent-Length: %d\r\n\r\n%s", path, port, auth ? "Authorization: Bearer " : "", auth ? auth : "", auth ? "\r\n" : "", bl, body);
  caplat = 40000000; lat = malloc(caplat * sizeof *lat); ttfb = malloc(4000000 * sizeof *ttfb);
  ep = epoll_create1(0); lc_t *cs = calloc(conns, sizeof *cs); static struct epoll_event evs[1024];
  double cpu0, cpu1; long rss0, rss1, rssmax = 0; cpu_of(&cpu0, &rss0); uint64_t start = now_ns(), end = start + seconds * 1000000000ull; int opened = 0, live = 0; uint64_t nextopen = start; uint64_t lastrss = start;
  struct rusage ru0; getrusage(RUSAGE_SELF, &ru0);
  int stopping = 0;
  while (1) {
    uint64_t n = now_ns();
    if (n > end && !stopping) { stopping = 1; if (!once) break; }
    if (stopping && n > end + 2000000000ull) break;
    if (once && opened == conns && !live) break;
    while (opened < conns && n >= nextopen) { lc_t *c = &cs[opened++]; if (lconnect(c) < 0) { errors++; continue; } live++; struct epoll_event e = {.events = EPOLLOUT | EPOLLRDHUP, .data.ptr = c}; epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e); nextopen += ramp_us * 1000; if (ramp_us == 0 && opened % 64 == 0) break; }
    if (npids && n - lastrss > 200000000ull) { double x; long r; cpu_of(&x, &r); if (r > rssmax) rssmax = r; lastrss = n; }
    int k = epoll_wait(ep, evs, 1024, opened < conns ? 0 : 10);
    for (int i = 0; i < k; i++) { lc_t *c = evs[i].data.ptr;
      if (c->st == 0) { int er = 0; socklen_t l = sizeof er; getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &er, &l); if (er) { errors++; live--; close(c->fd); c->st = 9; continue; } struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = c}; epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e); lsend(c); continue; }
      static char buf[262144 + 64]; memcpy(buf, c->tail, c->tl); ssize_t r = recv(c->fd, buf + c->tl, 262144, 0);
      if (r <= 0) { if (r < 0 && errno == EAGAIN) continue; if (c->st == 1) errors++; close(c->fd); c->st = 9; live--; if (!once && !stopping) { if (lconnect(c) == 0) { live++; struct epoll_event e = {.events = EPOLLOUT | EPOLLRDHUP, .data.ptr = c}; epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e); } } continue; }
      uint64_t t = now_ns(); bytes_in += r; int len = c->tl + r;
      if (c->first) { c->first = 0; if (nttfb < 4000000) ttfb[nttfb++] = t - c->t0; if (memcmp(buf, "HTTP/1.1 200", 12)) status_bad++; }
      char *p = buf, *e = buf + len; int fin = 0; char *keep = e;
      while ((p = memchr(p, '@', e - p))) { char *q = p + 1; uint64_t v = 0; while (q < e && *q >= '0' && *q <= '9') v = v * 10 + (*q++ - '0'); if (q == e) { keep = p; break; } if (*q == '@' && q - p > 8) { if (nlat < caplat) lat[nlat++] = t - v; evcount++; c->n++; p = q + 1; } else p = q; }
      // the end of the response: the last chunk; a non-200 with content-length ends at once too
      if (len >= 5 && !memcmp(e - 5, "0\r\n\r\n", 5)) fin = 1;
      if (c->n == 0 && !fin && memmem(buf, len, "HTTP/1.1 ", 9) && memcmp(buf + 9, "200", 3) && strcasestr(buf, "content-length")) { buf[len] = 0; fin = 1; }
      if (!fin) { int tl = keep < e ? e - keep : (len < 4 ? len : 4); if (keep == e) { memcpy(c->tail, e - tl, tl); } else { if (tl > 60) tl = 60; memcpy(c->tail, keep, tl); } c->tl = tl; }
      else { done++; c->tl = 0; if (once || stopping) { close(c->fd); c->st = 9; live--; } else lsend(c); }
    }
  }
  double wall = (now_ns() - start) / 1e9; cpu_of(&cpu1, &rss1); if (rss1 > rssmax) rssmax = rss1; struct rusage ru1; getrusage(RUSAGE_SELF, &ru1);
  double lcpu = (ru1.ru_utime.tv_sec - ru0.ru_utime.tv_sec) + (ru1.ru_utime.tv_usec - ru0.ru_utime.tv_usec) / 1e6 + (ru1.ru_stime.tv_sec - ru0.ru_stime.tv_sec) + (ru1.ru_stime.tv_usec - ru0.ru_stime.tv_usec) / 1e6;
  qsort(lat, nlat, sizeof *lat, cmp); qsort(ttfb, nttfb, sizeof *ttfb, cmp);
  double cpu = cpu1 - cpu0;
  printf("streams %ld  events %ld  ev/s %.0f  errors %ld non200 %ld | delay us p50 %.0f p90 %.0f p99 %.0f p999 %.0f max %.0f | ttfb us p50 %.0f p99 %.0f", done, evcount, evcount / wall, errors, status_bad, pct(lat, nlat, .5), pct(lat, nlat, .9), pct(lat, nlat, .99), pct(lat, nlat, .999), pct(lat, nlat, 1), pct(ttfb, nttfb, .5), pct(ttfb, nttfb, .99));
  if (npids) printf(" | proxy cpu %.2fs cores %.2f us/event %.2f rss MB %ld", cpu, cpu / wall, evcount ? cpu * 1e6 / evcount : 0, rssmax / 1024);
  printf(" | load cpu %.2f wall %.1f\n", lcpu / wall, wall);
}
int main(int c, char **v) {
  if (c < 2) { fprintf(stderr, "usage: see the head of the source\n"); return 2; }
  for (int i = 2; i < c; i++) { const char *o = v[i]; const char *a = i + 1 < c ? v[i + 1] : "";
    if (!strcmp(o, "--port")) port = atoi(a), i++; else if (!strcmp(o, "--events")) events = atoi(a), i++; else if (!strcmp(o, "--interval-us")) interval_us = atol(a), i++; else if (!strcmp(o, "--ttft-us")) ttft_us = atol(a), i++; else if (!strcmp(o, "--pad")) pad = atoi(a), i++; else if (!strcmp(o, "--conns")) conns = atoi(a), i++; else if (!strcmp(o, "--seconds")) seconds = atoi(a), i++; else if (!strcmp(o, "--ramp-us")) ramp_us = atol(a), i++; else if (!strcmp(o, "--path")) path = a, i++; else if (!strcmp(o, "--model")) model = a, i++; else if (!strcmp(o, "--auth")) auth = a, i++; else if (!strcmp(o, "--host")) host = a, i++; else if (!strcmp(o, "--once")) once = 1; else if (!strcmp(o, "--json")) json = 1;
    else if (!strcmp(o, "--pid")) { pidarg = a; i++; char *s = strdup(a), *t; for (t = strtok(s, ","); t; t = strtok(NULL, ",")) pids[npids++] = atoi(t); }
    else { fprintf(stderr, "unknown option %s\n", o); return 2; } }
  struct rlimit rl = {1 << 20, 1 << 20}; if (setrlimit(RLIMIT_NOFILE, &rl)) { getrlimit(RLIMIT_NOFILE, &rl); rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl); }
  signal(SIGPIPE, SIG_IGN);
  if (!strcmp(v[1], "up")) run_up(); else if (!strcmp(v[1], "load")) run_load(); else return 2;
  return 0;
}
