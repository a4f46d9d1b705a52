// The line between a device and the server, with everything that happens to lines out in the villages. It stands
// in front of the real server, so that pages and service worker meet the same trouble.
import http from 'node:http';

const kPortal = '<!DOCTYPE html><title>Đăng nhập Wi-Fi</title><h1>Xin chào</h1>';

export async function startLine(target) {
  const {hostname, port} = new URL(target);
  const sockets = new Set();
  const line = {
    // through · cut · portal (200 and a page, whatever was asked) · error (500) · down (503, as a proxy says it)
    mode: 'through',
    // What is answered for requests to that path goes through this; may return undefined to lose the answer.
    onAnswer: {},
    // bits a second and seconds of delay, of one shared line
    slow: null,
    posts: 0,  // interviews that were sent up
  };
  let turn = Promise.resolve();
  const slowly = bytes => line.slow ? turn = turn.then(() => new Promise(done => setTimeout(done, 1000 * (line.slow.delay + 8 * bytes / line.slow.rate)))) : undefined;
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const path = request.url.split('?')[0];
    if (line.mode == 'cut') return request.socket.destroy();
    if (line.mode == 'portal') return response.writeHead(200, {'content-type': 'text/html'}).end(kPortal);
    if (line.mode == 'error' && request.method == 'POST') return response.writeHead(500, {'content-type': 'text/html'}).end('<h1>500</h1>');
    if (line.mode == 'down') return response.writeHead(503, {'content-type': 'text/html'}).end('<h1>503</h1>');
    if (request.method == 'POST' && path == '/field/answers') ++line.posts;
    await slowly(body.length + 300);
    const up = http.request({hostname, port, path: request.url, method: request.method, headers: request.headers}, async answer => {
      const parts = [];
      for await (const part of answer) parts.push(part);
      let content = Buffer.concat(parts);
      const headers = {...answer.headers};
      if (line.onAnswer[path]) {
        content = await line.onAnswer[path](content, answer);
        if (content === undefined) return request.socket.destroy();
        delete headers['content-length'];
      }
      await slowly(content.length + 300);
      response.writeHead(answer.statusCode, headers).end(content);
    });
    up.on('error', () => request.socket.destroy());
    up.end(body);
  });
  server.on('connection', socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  line.address = `http://127.0.0.1:${server.address().port}`;
  line.url = path => line.address + path;
  line.cut = () => {
    line.mode = 'cut';
    for (const socket of sockets) socket.destroy();
  };
  line.stop = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return line;
}
