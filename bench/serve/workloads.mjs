// What is asked for. `data` is a set of bench/peers/data.mjs; `goals` are the most that imgloom may
// take of what express takes: `cpu` of a request with all pictures in workers (`all`) and by default of
// the program (`auto`), and `memory`.

export const workloads = [
  { name: 'health', title: '`GET /health`', goals: { all: 0.12, auto: 0.12 } },
  {
    name: 'small', title: '320 px JPEG to 200 px JPEG', data: 'small',
    query: { width: 200, height: 200, fit: 'inside', format: 'jpeg' },
    goals: { all: 0.15, auto: 0.11, memory: 0.22 },
  },
  {
    name: 'photo', title: 'photograph to 800x600 JPEG', data: 'baseline',
    query: { width: 800, height: 600, fit: 'inside', format: 'jpeg' },
    goals: { all: 0.45, memory: 0.22 },
  },
  {
    name: 'webp', title: 'photograph to 800x600 WebP', data: 'baseline',
    query: { width: 800, height: 600, fit: 'inside', format: 'webp' },
    goals: { all: 0.80, memory: 0.22 },
  },
];

/** The target of a request, the same for all services but nginx. */
export function targetOf({ query }) {
  return query === undefined ? '/health' : `/process-image?${new URLSearchParams(query)}`;
}
