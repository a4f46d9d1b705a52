// Encryption on an interviewer's device. Two kinds: to the office's public key, which this device cannot
// open again (the same bytes as server/security/sealed_box.h); and with a key of the device that no script can
// read out, for what it must open again. Without https browsers have neither; then things lie open.

const text = new TextEncoder();
const hex = bytes => [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');
const unhex = letters => new Uint8Array(letters.match(/../g).map(pair => parseInt(pair, 16)));
const kStep = 2048;

export const canSeal = () => !!globalThis.crypto?.subtle;
export const randomId = () => hex(crypto.getRandomValues(new Uint8Array(16)));

// `office`: 65 bytes in hex. The length tells only how many steps of 2 KB it is.
export async function seal(office, purpose, plain) {
  const {subtle} = crypto;
  const curve = {name: 'ECDH', namedCurve: 'P-256'};
  const theirs = await subtle.importKey('raw', unhex(office), curve, false, []);
  const fresh = await subtle.generateKey(curve, false, ['deriveBits']);
  const point = new Uint8Array(await subtle.exportKey('raw', fresh.publicKey));
  const shared = await subtle.deriveBits({name: 'ECDH', public: theirs}, fresh.privateKey, 256);
  const info = text.encode(purpose);
  const key = await subtle.deriveKey({name: 'HKDF', hash: 'SHA-256', salt: point, info},
    await subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']), {name: 'AES-GCM', length: 256}, false, ['encrypt']);
  const bytes = text.encode(plain);
  const padded = new Uint8Array(Math.ceil(bytes.length / kStep) * kStep).fill(32);
  padded.set(bytes);
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const body = new Uint8Array(await subtle.encrypt({name: 'AES-GCM', iv: nonce, additionalData: info}, key, padded));
  return '01' + hex(point) + hex(nonce) + hex(body);
}

export const newDeviceKey = () => crypto.subtle.generateKey({name: 'AES-GCM', length: 256}, false, ['encrypt', 'decrypt']);

export async function lock(key, value) {
  const plain = JSON.stringify(value);
  if (!key) return {plain};
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return {iv, body: await crypto.subtle.encrypt({name: 'AES-GCM', iv}, key, text.encode(plain))};
}

// Nothing if there is nothing, or if the key is another one.
export async function unlock(key, box) {
  try {
    if (!box) return undefined;
    if (box.plain !== undefined) return JSON.parse(box.plain);
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({name: 'AES-GCM', iv: box.iv}, key, box.body)));
  } catch {
    return undefined;
  }
}

// The last letter of a slip's code follows from the others (server/services/slip_code.cpp), so a slip of the
// finger is found while the slip is still at hand. Nothing is known without https.
export async function mayBeSlip(typed) {
  const code = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  if (!/^[0-9A-HJKMNP-TV-Z]{13}$/.test(code)) return false;
  if (!canSeal()) return true;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text.encode('khaosat/slip-check/1:' + code.slice(0, 12))));
  return code[12] == '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[digest[0] >> 3];
}
