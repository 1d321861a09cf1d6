// What a door phone keeps by itself, in IndexedDB: scans that wait, and its sealed list.
// Without it (a private window of some browsers) the door works, as long as there is
// a network.

const VERSION = 1;
const KEPT = "kept"; // single things by name: keys, the list, what to tell the checker
const QUEUE = "queue"; // scans that wait, by nonce
const opened = new Map();

function open(slug) {
  if (!opened.has(slug)) {
    opened.set(
      slug,
      new Promise((resolve, reject) => {
        const request = indexedDB.open(`door/${slug}`, VERSION);
        request.onupgradeneeded = () => {
          request.result.createObjectStore(KEPT);
          request.result.createObjectStore(QUEUE, { keyPath: "nonce" });
        };
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      }),
    );
  }
  return opened.get(slug);
}

// One transaction around `act`, which is given the object store; done when it is kept.
async function within(slug, name, mode, act) {
  const database = await open(slug);
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, mode, { durability: "strict" });
    const request = act(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

export function read(slug, key) {
  return within(slug, KEPT, "readonly", (store) => store.get(key));
}

export function keep(slug, key, value) {
  return within(slug, KEPT, "readwrite", (store) => store.put(value, key));
}

export function forget(slug, ...keys) {
  return within(slug, KEPT, "readwrite", (store) => {
    for (const key of keys) store.delete(key);
  });
}

export async function waiting(slug) {
  const scans = await within(slug, QUEUE, "readonly", (store) => store.getAll());
  return scans.sort((one, other) => one.seq - other.seq);
}

export function add(slug, scan) {
  return within(slug, QUEUE, "readwrite", (store) => store.put(scan));
}

export function drop(slug, nonces) {
  return within(slug, QUEUE, "readwrite", (store) => {
    for (const nonce of nonces) store.delete(nonce);
  });
}
