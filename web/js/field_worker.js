// Lets an interviewer's pages open without a network, and does nothing else: it never touches what is sent,
// and it sees no page of citizens or of a kiosk, for its scope is /field/. The server writes kVersion and
// kFiles in front (server/pages/field/field_pages.cpp).

const kHome = '/field/';
const kPatience = 4000;
const isStatic = address => address.origin == location.origin && address.pathname.startsWith('/static/');
const isPage = address => address.origin == location.origin && address.pathname.startsWith(kHome);
// A page of ours that holds nothing of anybody says so itself; a router's page in between does not.
const mayKeep = answer => answer.ok && !answer.redirected && answer.headers.get('X-Field-Keep') == 'yes';
// The part behind '#' never gets here; what is asked behind '?' is the language, and the version of the
// questionnaire that a draft was begun with.
const nameOf = ({pathname, searchParams}) => {
  const asked = ['v', 'lang'].filter(name => searchParams.get(name) && searchParams.get(name) != 'vi').map(name => `${name}=${searchParams.get(name)}`);
  return pathname + (asked.length ? '?' + asked.join('&') : '');
};

// Recordings have a store of their own: they do not change with the program.
const kSounds = 'sounds';
const isSound = address => address.origin == location.origin && address.pathname.startsWith('/sound/');

async function keepSounds(places) {
  const cache = await caches.open(kSounds);
  for (const request of await cache.keys()) {
    if (!places.some(place => new URL(request.url).pathname.startsWith(place))) await cache.delete(request);
  }
  const stored = async name => {
    const kept = await cache.match(name, {ignoreVary: true});
    if (kept) return kept;
    const answer = await fetch(name);
    if (!answer.ok) throw new Error(name);
    await cache.put(name, answer.clone());
    return answer;
  };
  for (const place of places) {
    const {files} = await (await stored(place + 'list.json')).json();
    for (const name of files) await stored(place + name);
  }
}

// Players ask for a part, and some play nothing when they get the whole instead.
async function sound(request) {
  const kept = await caches.match(request.url, {cacheName: kSounds, ignoreVary: true});
  if (!kept) return fetch(request);
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get('Range') ?? '') ?? [];
  if (from === undefined) return kept;
  const whole = await kept.blob();
  const last = Math.min(to ? +to : whole.size - 1, whole.size - 1);
  return new Response(whole.slice(+from, last + 1, whole.type), {status: 206, headers: {
    'Content-Type': kept.headers.get('Content-Type'), 'Content-Range': `bytes ${from}-${last}/${whole.size}`,
  }});
}

async function keep(cache, name) {
  const answer = await fetch(name, {cache: 'no-store', credentials: 'same-origin'});
  if (mayKeep(answer)) await cache.put(name, answer);
  return mayKeep(answer);
}

addEventListener('install', event => event.waitUntil((async () => {
  const cache = await caches.open(kVersion);
  await cache.addAll(kFiles);
  // The pages that the version before knew, for this one as well; without a network it comes another time.
  const pages = new Set([kHome]);
  for (const name of (await caches.keys()).filter(name => name.startsWith('field-'))) {
    for (const request of await (await caches.open(name)).keys()) {
      const address = new URL(request.url);
      if (isPage(address)) pages.add(nameOf(address));
    }
  }
  for (const page of pages) await keep(cache, page);
})()));

addEventListener('activate', event => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith('field-') && name != kVersion) await caches.delete(name);
})()));

addEventListener('message', event => event.waitUntil((async () => {
  if (event.data?.keep) {
    const cache = await caches.open(kVersion);
    for (const page of event.data.keep) await keep(cache, page).catch(() => false);
    event.ports[0]?.postMessage('kept');
  }
  if (event.data?.sounds) {
    await keepSounds(event.data.sounds).catch(() => {});
    event.ports[0]?.postMessage('kept');
  }
  // Never while a form is open anywhere.
  if (event.data == 'renew') {
    const open = await clients.matchAll({type: 'window', includeUncontrolled: true});
    if (!open.some(({url}) => new URL(url).pathname == '/field/form')) await skipWaiting();
  }
})()));

async function page(request) {
  const cache = await caches.open(kVersion);
  const name = nameOf(new URL(request.url));
  const kept = await cache.match(name);
  const fetching = fetch(request).then(async answer => {
    if (mayKeep(answer)) await cache.put(name, answer.clone());
    return answer;
  });
  if (!kept) return fetching;
  const late = new Promise(give => setTimeout(give, kPatience));
  const answer = await Promise.race([fetching.catch(() => undefined), late]);
  // Our own refusals (device revoked, survey over) have no such header but are no server in trouble either.
  const ours = answer && (answer.type == 'opaqueredirect' || mayKeep(answer) || answer.headers.get('X-Frame-Options') == 'DENY' && answer.status < 500);
  return ours ? answer : kept;
}

async function file(request) {
  const kept = await caches.match(request, {cacheName: kVersion});
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(kVersion)).put(request, answer.clone());
  return answer;
}

addEventListener('fetch', event => {
  const {request} = event;
  if (request.method != 'GET') return;
  const address = new URL(request.url);
  if (request.mode == 'navigate' && isPage(address)) event.respondWith(page(request));
  else if (isStatic(address)) event.respondWith(file(request));
  else if (isSound(address)) event.respondWith(sound(request));
});
