// What an interviewer's device keeps, in one database. Interviews and what became of people stand apart and
// name each other nowhere; nothing has a time, so a clock that is wrong by years orders nothing.
//
//   device   'key' the device's own key · 'sheet' whom to visit, as last heard · 'said' what became of whom
//   drafts   by person: the form as far as it was filled in
//   outbox   by submission id: {state: 'pending' | 'parked', sealed | plain, why, error}
//   sent     by a number nobody else knows: {receipt}
import {canSeal, lock, newDeviceKey, randomId, seal, unlock} from './field_seal.js';

const kStores = ['device', 'drafts', 'outbox', 'sent'];
let opening;

export function database() {
  return opening ??= new Promise((yes, no) => {
    const asking = indexedDB.open('khaosat-field', 1);
    asking.onupgradeneeded = () => kStores.forEach(name => asking.result.createObjectStore(name));
    asking.onsuccess = () => yes(asking.result);
    asking.onerror = asking.onblocked = () => no(asking.error);
  });
}

// `act` gets the stores, and how to undo everything; requests it returns become their results.
// Answered when it is on the disk.
export async function work(mode, act) {
  const base = await database();
  return new Promise((yes, no) => {
    const transaction = base.transaction(kStores, mode, {durability: 'strict'});
    const stores = Object.fromEntries(kStores.map(name => [name, transaction.objectStore(name)]));
    let fault;
    const giveUp = trouble => {
      fault = trouble;
      transaction.abort();
    };
    const asked = act(stores, giveUp);
    transaction.oncomplete = () => yes(Array.isArray(asked) ? asked.map(one => one?.result) : asked?.result);
    transaction.onabort = () => no(fault ?? transaction.error);
  });
}

let key;
async function deviceKey() {
  if (key !== undefined) return key;
  [key] = await work('readonly', ({device}) => [device.get('key')]);
  if (!key && canSeal()) {
    const fresh = await newDeviceKey();
    // Another tab may have made one meanwhile: the first stays.
    await work('readwrite', ({device}) => { device.get('key').onsuccess = ({target}) => target.result || device.put(fresh, 'key'); });
    [key] = await work('readonly', ({device}) => [device.get('key')]);
  }
  return key ??= null;
}

export async function read(store, name) {
  const own = await deviceKey();
  return unlock(own, await work('readonly', stores => stores[store].get(name)));
}

export async function write(store, name, value) {
  const box = await lock(await deviceKey(), value);
  await work('readwrite', stores => { stores[store].put(box, name); });
}

const empty = () => ({people: {}, languages: {}, helpers: {}});

// What became of people, as said on this device and as the server has heard before: the longer list.
export async function said() {
  const heard = await read('device', 'sheet');
  const sheet = heard?.sheet;
  let own = await read('device', 'said') ?? empty();
  // Enrolled anew: what was said goes on for those who are on the new sheet as well; counts were the old one's.
  if (heard && own.device && own.device != heard.device) {
    own = {...empty(), people: Object.fromEntries(Object.entries(own.people).filter(([person]) => sheet.people.some(one => one.person == person)))};
  }
  own.device = heard?.device ?? own.device;
  for (const {person, attempts} of sheet?.people ?? []) {
    if (attempts.length > (own.people[person]?.length ?? 0)) own.people[person] = attempts;
  }
  for (const kind of ['languages', 'helpers']) {
    for (const [name, count] of Object.entries(sheet?.[kind] ?? {})) own[kind][name] = Math.max(count, own[kind][name] ?? 0);
  }
  return own;
}

export const isClosed = attempts => attempts?.length > 0 && attempts.at(-1) != 'not_reached';

// Whose turn it is: those drawn, and the next reserve for each of them closed without an answer. The same rule
// as is_due() in server/services/field/field_sheet.cpp.
export function due(sheet, people) {
  return sheet.people.filter(one => {
    const same = sheet.people.filter(other => other.psu == one.psu);
    const lost = same.filter(other => other.rank < one.rank && isClosed(people[other.person]) && people[other.person].at(-1) != 'done');
    return one.drawn || one.rank <= same.filter(other => other.drawn).length + lost.length;
  });
}

// Adds one outcome, with whatever else must happen in the same moment: all of it or nothing.
// 'settled' if nobody was to come again.
export async function say(person, outcome, {language, helper, also = () => {}} = {}) {
  for (;;) {
    const before = await work('readonly', ({device}) => device.get('said'));
    const all = await said();
    const list = all.people[person] ?? [];
    if (isClosed(list)) return 'settled';
    all.people[person] = [...list, outcome];
    if (language) all.languages[language] = (all.languages[language] ?? 0) + 1;
    if (helper) all.helpers[helper] = (all.helpers[helper] ?? 0) + 1;
    const stamp = randomId();
    const box = {...await lock(await deviceKey(), all), stamp};
    let lost = false;
    await work('readwrite', (stores, giveUp) => {
      stores.device.get('said').onsuccess = ({target}) => {
        // Another tab has said something meanwhile: look again.
        if (target.result?.stamp != before?.stamp) return lost = true;
        // A full disk may throw here and not only fail: either way nothing of it stays.
        try {
          stores.device.put(box, 'said');
          stores.drafts.delete(person);
          also(stores);
        } catch (trouble) {
          giveUp(trouble);
        }
      };
    });
    if (!lost) return 'said';
  }
}

export const purposeOf = campaign => 'khaosat-field/1 ' + campaign;

// As it will be sent and as it lies here until then: a form of fields, sealed where the browser can.
export async function parcel(sheet, fields) {
  const form = {};
  for (const [name, value] of fields) {
    if (name in form) form[name] = [].concat(form[name], value);
    else form[name] = value;
  }
  const plain = JSON.stringify(form);
  return canSeal() && sheet.seal ? {sealed: await seal(sheet.seal, purposeOf(sheet.campaign), plain)} : {plain};
}

// Everything this device has not got rid of, as the office takes it in; see rescued_file.h.
export async function rescueFile() {
  const sheet = await read('device', 'sheet');
  const [ids, rows] = await work('readonly', ({outbox}) => [outbox.getAllKeys(), outbox.getAll()]);
  const outcomes = JSON.stringify(await said());
  return JSON.stringify({
    khaosat: 'field-rescue/1', campaign: sheet?.campaign, device: sheet?.device,
    answers: ids.map((id, at) => ({_id: id, sealed: rows[at].sealed, plain: rows[at].plain, _slip: rows[at].slip})),
    outcomes: canSeal() && sheet?.seal ? {sealed: await seal(sheet.seal, purposeOf(sheet.campaign), outcomes)} : {plain: outcomes},
  });
}

export function offer(content) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], {type: 'application/json'}));
  link.download = 'phieu-cuu-ho.json';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
