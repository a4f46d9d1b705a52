// A kiosk made the careless way, for kiosk_test.mjs: each check of privacy must find something here before
// it may say that it finds nothing on ours.
import {createServer} from 'node:http';

const script = `
const form = document.forms[0];
const kept = JSON.parse(localStorage.draft || '{}');
for (const [name, value] of Object.entries(kept)) {
  for (const control of form.elements) if (control.name == name) control.type == 'radio' ? control.checked = control.value == value : control.value = value;
}
form.addEventListener('input', () => {
  const answers = Object.fromEntries(new FormData(form));
  localStorage.draft = sessionStorage.draft = JSON.stringify(answers);
  document.cookie = 'draft=' + encodeURIComponent(JSON.stringify(answers));
  history.replaceState(answers, '');
  caches.open('kiosk').then(cache => cache.put('/draft', new Response(JSON.stringify(answers))));
  const open = indexedDB.open('kiosk', 1);
  open.onupgradeneeded = () => open.result.createObjectStore('draft');
  open.onsuccess = () => open.result.transaction('draft', 'readwrite').objectStore('draft').put(answers, 'last');
});
addEventListener('pageshow', event => event.persisted && document.body.setAttribute('data-from-cache', ''));
navigator.serviceWorker?.register('/worker.js');
`;
// A worker that keeps every page, as offline recipes do.
const worker = `
addEventListener('install', () => skipWaiting());
addEventListener('activate', event => event.waitUntil(clients.claim()));
addEventListener('fetch', event => event.request.method == 'GET' && event.respondWith(fetch(event.request).then(answer => {
  const copy = answer.clone();
  caches.open('pages').then(cache => cache.put(event.request, copy));
  return answer;
})));`;
const page = (title, body) => `<!DOCTYPE html><html lang="vi"><title>${title}</title><body><h1>${title}</h1>${body}</body>`;
const escaped = text => text.replace(/[&<>"]/g, letter => `&#${letter.charCodeAt(0)};`);

// Answers stand in the address and in every later page, which the browser may keep for an hour.
export async function startCareless() {
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://localhost');
    const send = (type, text) => {
      response.writeHead(200, {'Content-Type': type + '; charset=utf-8', 'Cache-Control': 'private, max-age=3600'});
      response.end(text);
    };
    if (url.pathname == '/script.js') return send('text/javascript', script);
    if (url.pathname == '/worker.js') return send('text/javascript', worker);
    const hidden = [...url.searchParams].map(([name, value]) => `<p>${escaped(name)}: ${escaped(value)}</p>`).join('');
    if (url.pathname == '/receipt') return send('text/html', page('Xong', hidden + '<a href="/">Người tiếp theo</a>'));
    send('text/html', page('Phiếu', `<form action="/receipt"><label><input type="radio" name="mark" value="hidden-mark-4711"> Kém</label>
      <label>Ý kiến <input name="opinion"></label><button>Gửi</button></form><script type="module" src="/script.js"></script>`));
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return {address: `http://127.0.0.1:${server.address().port}`, stop: () => { server.closeAllConnections(); server.close(); }};
}
