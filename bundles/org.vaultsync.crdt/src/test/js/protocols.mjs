// SPDX-License-Identifier: EPL-2.0
// The real y-protocols on Node, for golden bytes: arguments are JSON texts [what, argument, …], one line of results each.
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness'
import * as sync from 'y-protocols/sync'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'

const hex = bytes => Buffer.from(bytes).toString('hex')
const bytes = digits => new Uint8Array(Buffer.from(digits, 'hex'))
const aware = client => {
  const doc = new Y.Doc()
  doc.clientID = client
  return new Awareness(doc)
}
const written = write => {
  const encoder = encoding.createEncoder()
  write(encoder)
  return hex(encoding.toUint8Array(encoder))
}
const documentOf = update => {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, bytes(update))
  return doc
}

const calls = {
  // what a client says, state by state; null when it goes
  say: (client, ...states) => {
    const awareness = aware(client)
    return [undefined, ...states].map(state => {
      if (state !== undefined) {
        awareness.setLocalState(state)
      }
      return hex(encodeAwarenessUpdate(awareness, [client]))
    })
  },
  // what a client knows after it heard messages, and what it would send of all
  hear: (client, ...messages) => {
    const awareness = aware(client)
    messages.forEach(message => applyAwarenessUpdate(awareness, bytes(message), null))
    const clients = Array.from(awareness.meta.keys()).sort((a, b) => a - b)
    return [
      JSON.stringify(clients.filter(each => awareness.states.has(each)).map(each => [each, awareness.states.get(each)])),
      hex(encodeAwarenessUpdate(awareness, clients))
    ]
  },
  remove: (client, message, gone) => {
    const awareness = aware(client)
    applyAwarenessUpdate(awareness, bytes(message), null)
    removeAwarenessStates(awareness, [gone], null)
    return [hex(encodeAwarenessUpdate(awareness, [gone]))]
  },
  messages: update => {
    const doc = documentOf(update)
    return [
      written(encoder => sync.writeSyncStep1(encoder, doc)),
      written(encoder => sync.writeSyncStep2(encoder, doc)),
      written(encoder => sync.writeUpdate(encoder, bytes(update)))
    ]
  },
  // the state of a document after messages, and the answers
  read: (update, ...messages) => {
    const doc = documentOf(update)
    const answers = messages.map(message =>
      written(encoder => sync.readSyncMessage(decoding.createDecoder(bytes(message)), encoder, doc, null)))
    return [hex(Y.encodeStateAsUpdate(doc)), ...answers]
  }
}

for (const call of process.argv.slice(2)) {
  const [what, ...given] = JSON.parse(call)
  console.log(calls[what](...given).join(' '))
}
process.exit()
