// SPDX-License-Identifier: EPL-2.0
// As many peers of y-webrtc as asked for, in a room each, that may link with nobody: node has no WebRTC. They print a
// line for each time they come to the server, and each time they hear that another one has.
import './packages.mjs'
const [url, number, room] = process.argv.slice(2)
globalThis.WebSocket = (await import('ws')).WebSocket
const { Doc } = await import('yjs')
const { WebrtcProvider } = await import('y-webrtc')

for (let n = 0; n < number; n++) {
  // Each must have a connection of its own: those of one address would share one.
  const provider = new WebrtcProvider(`${room}-${n}`, new Doc(), { signaling: [`${url}/${n}`], maxConns: 0 })
  const [signaling] = provider.signalingConns
  signaling.on('connect', () => console.log('linked'))
  signaling.on('message', message => {
    if (message.type === 'publish' && message.data.type === 'announce') {
      console.log('heard ' + message.clients)
    }
  })
}
