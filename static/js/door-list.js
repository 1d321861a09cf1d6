// The list a paired phone keeps for a dead network. It is sealed for a key that this
// phone made and cannot hand out; only rows that were looked for are opened.

import { forget, keep, read } from "./door-store.js";

const KEYS = "keys";
const LIST = "list";
const CURVE = { name: "ECDH", namedCurve: "P-256" };
const INFO = new TextEncoder().encode("losers_lounge.door.snapshot/1");
const TAG_BYTES = 12;
const START = 2; // Letters of a word that rows are found by.
let opened = null; // the list with its keys, while this page is open
let isWiped = false; // this phone was given back, or shut out: nothing is kept again

const text = (string) => new TextEncoder().encode(string);
const bytes = (base64) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));

// Fetch the list as it is now. `told` says whether this phone told its key already.
export async function refresh(slug, urls, csrf) {
  if (isWiped) return null;
  const keys = await ownKeys(slug, urls.key, csrf);
  let response = await fetch(urls.snapshot, { redirect: "manual" });
  if (response.status === 409) {
    await tellKey(keys, urls.key, csrf);
    response = await fetch(urls.snapshot, { redirect: "manual" });
  }
  if (!response.ok) return null;
  const list = await response.json();
  if (isWiped) return null; // given back while the answer was on its way
  await keep(slug, LIST, list);
  opened = null;
  return list.as_of;
}

async function ownKeys(slug, url, csrf) {
  const kept = await read(slug, KEYS);
  if (kept) return kept;
  const keys = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  // Told first: a phone that is sealed for keys it lost could open nothing.
  await tellKey(keys, url, csrf);
  await keep(slug, KEYS, keys);
  return keys;
}

async function tellKey(keys, url, csrf) {
  const point = base64(await crypto.subtle.exportKey("raw", keys.publicKey));
  const key = point.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const response = await fetch(url, {
    method: "POST",
    headers: { "X-CSRFToken": csrf },
    body: new URLSearchParams({ key }),
    redirect: "manual",
  });
  if (!response.ok) throw new Error(`key: ${response.status}`);
}

// When the list is of; null where there is none.
export async function asOf(slug) {
  const list = opened?.list ?? (await read(slug, LIST));
  return list?.as_of ?? null;
}

export async function wipe(slug) {
  isWiped = true;
  opened = null;
  await forget(slug, KEYS, LIST);
}

async function load(slug) {
  if (opened) return opened;
  const [keys, list] = [await read(slug, KEYS), await read(slug, LIST)];
  if (!keys || !list) return null;
  const point = await crypto.subtle.importKey("raw", bytes(list.point), CURVE, true, []);
  const shared = await crypto.subtle.deriveBits(
    { name: "ECDH", public: point },
    keys.privateKey,
    256,
  );
  const secret = await crypto.subtle.importKey("raw", shared, "HKDF", false, [
    "deriveBits",
  ]);
  const derived = await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt: bytes(list.salt), info: INFO },
    secret,
    512,
  );
  const hmac = { name: "HMAC", hash: "SHA-256" };
  opened = {
    list,
    rows: await crypto.subtle.importKey("raw", derived.slice(0, 32), "AES-GCM", false, [
      "decrypt",
    ]),
    tags: await crypto.subtle.importKey("raw", derived.slice(32), hmac, false, ["sign"]),
  };
  return opened;
}

async function found(list, kind, word) {
  const mac = await crypto.subtle.sign("HMAC", list.tags, text(`${kind}\0${word}`));
  return list.list.index[base64(mac.slice(0, TAG_BYTES))] ?? [];
}

async function unseal(list, number, sealed) {
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setUint32(8, number);
  const plain = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv, additionalData: text(list.list.about) },
    list.rows,
    bytes(sealed),
  );
  return JSON.parse(new TextDecoder().decode(plain));
}

const rowAt = (list, number) => unseal(list, number, list.list.rows[number]);

// The key two spellings of a name share, as losers_lounge/names.py folds it.
const LETTERS = { ø: "o", đ: "d", ł: "l", ß: "ss", æ: "ae", œ: "oe" };
function fold(name) {
  return name
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[øđłßæœ]/g, (letter) => LETTERS[letter])
    .replace(/[^\p{L}\p{N}_\s]/gu, "")
    .split(/\s+/)
    .filter(Boolean)
    .join(" ");
}

// People whose names hold every word typed; one of the words must begin a name's word.
// `null` for too little, and for a phone without a list.
export async function search(slug, typed) {
  const words = fold(typed).split(" ").filter(Boolean);
  const starts = words.filter((word) => word.length >= START);
  if (!starts.length) return null;
  const list = await load(slug);
  if (!list) return null;
  let numbers = null;
  for (const word of starts) {
    const some = new Set(await found(list, "name", [...word].slice(0, START).join("")));
    numbers = numbers ? numbers.filter((number) => some.has(number)) : [...some];
  }
  const rows = await Promise.all(numbers.map((number) => rowAt(list, number)));
  return rows
    .filter((row) => words.every((word) => row.keys.includes(word)))
    .sort((one, other) => one.name.localeCompare(other.name));
}

export async function byPass(slug, token) {
  return first(slug, "pass", token);
}

export async function byId(slug, id) {
  return first(slug, "guest", String(id));
}

async function first(slug, kind, word) {
  const list = await load(slug);
  if (!list) return null;
  const [number] = await found(list, kind, word);
  return number === undefined ? null : rowAt(list, number);
}

// Who may say "let them in": the hosts' names, sealed like everybody's.
export async function hosts(slug) {
  const list = await load(slug);
  if (!list) return [];
  return (await unseal(list, list.list.rows.length, list.list.sheet)).hosts;
}
