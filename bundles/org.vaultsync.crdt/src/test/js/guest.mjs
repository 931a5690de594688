// SPDX-License-Identifier: EPL-2.0
// Calls functions of a script on Node, for NodeGuest.java. A message is its length, then values; a value is a letter
// and, but for null and booleans, its length and its bytes. Lengths have 32 bits, least significant byte first.
import { readFileSync, readSync, writeSync } from 'node:fs'
import vm from 'node:vm'

// What Yjs's test helper has to say would come between the messages.
console.log = console.error

vm.runInThisContext(readFileSync(process.argv[2], 'utf8'))

const rest = new Int32Array(new SharedArrayBuffer(4))

/** Node may give pipes that do not wait. */
const patiently = work => {
  for (;;) {
    try {
      return work()
    } catch (e) {
      if (e.code !== 'EAGAIN') {
        throw e
      }
      Atomics.wait(rest, 0, 0, 1)
    }
  }
}

/** null at the end of the input. */
const read = length => {
  const bytes = Buffer.alloc(length)
  for (let at = 0; at < length;) {
    const count = patiently(() => readSync(0, bytes, at, length - at, null))
    if (count === 0) {
      return null
    }
    at += count
  }
  return bytes
}

const valuesOf = message => {
  const values = []
  for (let at = 0; at < message.length;) {
    const kind = String.fromCharCode(message[at++])
    if (kind === 't' || kind === 'f' || kind === '0') {
      values.push(kind === '0' ? null : kind === 't')
      continue
    }
    const length = message.readUInt32LE(at)
    const bytes = message.subarray(at + 4, at + 4 + length)
    at += 4 + length
    values.push(kind === 's' ? bytes.toString('utf16le') : kind === 'n' ? bytes.readDoubleLE(0) : new Uint8Array(bytes))
  }
  return values
}

const written = value => {
  if (value === null || value === undefined) {
    return Buffer.from('0')
  }
  if (typeof value === 'boolean') {
    return Buffer.from(value ? 't' : 'f')
  }
  let kind = 'b'
  let bytes = value
  if (typeof value === 'string') {
    kind = 's'
    bytes = Buffer.from(value, 'utf16le')
  } else if (typeof value === 'number') {
    kind = 'n'
    bytes = Buffer.alloc(8)
    bytes.writeDoubleLE(value)
  }
  const head = Buffer.from(kind + '\0\0\0\0')
  head.writeUInt32LE(bytes.length, 1)
  return Buffer.concat([head, bytes])
}

const send = values => {
  const message = Buffer.concat(values.map(written))
  const head = Buffer.alloc(4)
  head.writeUInt32LE(message.length)
  const bytes = Buffer.concat([head, message])
  for (let at = 0; at < bytes.length;) {
    at += patiently(() => writeSync(1, bytes, at))
  }
}

for (let head = read(4); head !== null; head = read(4)) {
  const [name, ...given] = valuesOf(read(head.readUInt32LE(0)))
  let values
  try {
    values = [true, ...globalThis.replica[name](...given)]
  } catch (e) {
    values = [false, String(e)]
  }
  send(values)
}
