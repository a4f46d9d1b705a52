// Sending what waits: one after the other, by whichever page is open, as often as it takes. An interview
// leaves the device only on our own server's word about this very interview.
import {randomId} from './field_seal.js';
import {read, said, work, write} from './field_store.js';

const kPatience = 60000;

// Our server's answer about `id`, or nothing: no network, a router in between that answers everything with a
// page of its own, a server in trouble.
async function ask(address, id, options) {
  try {
    const answer = await fetch(address, {cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout?.(kPatience), ...options});
    const reply = await answer.json();
    if (reply.khaosat != 'field' || reply.id !== id || answer.status >= 500 || answer.status == 429) return undefined;
    return reply;
  } catch {
    return undefined;
  }
}

const post = (address, id, body) =>
  ask(address, id, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});

export const sendInterview = (id, {sealed, plain, slip}) =>
  post('/field/answers', id, {_id: id, ...(sealed ? {sealed} : {plain}), ...(slip ? {_slip: slip} : {})});

// True while the server answers.
async function sendAll(again) {
  const [ids, rows] = await work('readonly', ({outbox}) => [outbox.getAllKeys(), outbox.getAll()]);
  for (const [at, id] of ids.entries()) {
    if (rows[at].state == 'parked' && !again) continue;
    const reply = await sendInterview(id, rows[at]);
    if (!reply) return false;
    await work('readwrite', ({outbox, sent}) => {
      if (reply.receipt) {
        outbox.delete(id);
        // Under a new name: the interview's own id is nowhere on the device any more.
        sent.put({receipt: reply.receipt, blanked: reply.blanked}, randomId());
      } else {
        outbox.put({...rows[at], state: 'parked', error: reply.error, why: reply.sentence}, id);
      }
    });
  }
  return true;
}

// What became of people goes by itself: the whole of it, however often. The answer is the sheet as it stands.
async function exchange() {
  const sheet = await read('device', 'sheet');
  const own = await said();
  // From a device that was wiped nothing is to be told yet.
  const reply = sheet && Object.keys(own.people).length ? await post('/field/outcomes', '', own) : await ask('/field/sheet', '');
  if (reply?.sheet) await write('device', 'sheet', reply);
  if (reply?.error && !sheet) return reply;
  if (reply?.error) {
    const fresh = await ask('/field/sheet', '');
    if (fresh?.sheet) await write('device', 'sheet', fresh);
  }
  return reply;
}

let busy = false;

// `again`: also what was held back before. Answers {online, error, sentence}; nothing while an earlier call is at it.
export async function drain(again = false) {
  const run = async () => {
    const reply = await exchange();
    const online = await sendAll(again) && !!reply;
    return {online, error: reply?.error, sentence: reply?.sentence};
  };
  if (busy) return undefined;
  busy = true;
  try {
    // Another tab that is at it is waited for: it has most likely sent everything.
    return await (navigator.locks ? navigator.locks.request('khaosat-field-queue', run) : run());
  } finally {
    busy = false;
  }
}

// Now, when the network returns, when somebody looks at the page, and every minute.
export function keepDraining(after) {
  const go = async again => {
    try {
      const outcome = await drain(again);
      if (outcome) await after(outcome);
    } catch (trouble) {
      await after({online: false, trouble});
    }
  };
  addEventListener('online', () => go(true));
  document.addEventListener('visibilitychange', () => document.visibilityState == 'visible' && go(false));
  setInterval(() => go(false), 60000);
  go(true);
  return go;
}
