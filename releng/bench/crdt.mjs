// SPDX-License-Identifier: EPL-2.0
// The rows of CrdtBench.java, by the same script on Node. It is given the changes ready-made, as Java gives them.
// Arguments: the script, a file of items (one JSON object a line, gzipped), how many items, how many edits of one item.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import vm from 'node:vm'

const [, , script, file, count, edits] = process.argv
vm.runInThisContext(readFileSync(script, 'utf8'))
const replica = globalThis.replica

const ITEM = ['attachments content meta refs', true]
const NONE = new Uint8Array(0)
const real = gunzipSync(readFileSync(file)).toString().split('\n').filter(line => line)
const itemsOf = many => {
  const items = real.slice(0, many)
  for (let first = items.length; items.length < many;) {
    items.push(items[items.length - first].replace('"name":"', '"name":"Copy of '))
  }
  return items
}

const row = (name, value) => console.log(name.padEnd(70), value.toFixed(3).padStart(12))
const cpu = work => {
  const begun = process.cpuUsage()
  work()
  const used = process.cpuUsage(begun)
  return (used.user + used.system) / 1e3
}
const open = (client, update = NONE) => replica.open(...ITEM, client, update)[0]

/** What is done with many items. */
const bulk = items => {
  const size = items.length.toLocaleString('en') + ' items'
  const states = []
  row(size + ': create, a document each', cpu(() => {
    items.forEach((item, i) => {
      const handle = open(10 + i)
      const changes = Object.entries(JSON.parse(item)).map(([key, value]) => ['set', ['content', key], value])
      states.push(replica.write(handle, JSON.stringify(changes))[0])
      replica.close(handle)
    })
  }))
  row(size + ': stored bytes to JSON', cpu(() => {
    for (const state of states) {
      const handle = open(1, state)
      replica.json(handle, '[]')
      replica.close(handle)
    }
  }))
  row(size + ': apply to a fresh replica each', cpu(() => {
    for (const state of states) {
      const handle = open(1)
      replica.apply(handle, state)
      replica.close(handle)
    }
  }))
  let encoding = 0
  for (const state of states) {
    const handle = open(1, state)
    encoding += cpu(() => replica.state(handle))
    replica.close(handle)
  }
  row(size + ': encode from an open replica each', encoding)
  return states
}

const states = bulk(itemsOf(+count))
const times = []
states.slice(0, 1000).forEach((state, i) => {
  const handle = open(6000000 + i, state)
  const begun = process.hrtime.bigint()
  replica.write(handle, '[["set",["content","tonnage"],17]]')
  times.push(Number(process.hrtime.bigint() - begun) / 1e6)
  replica.close(handle)
})
times.splice(0, times.length / 20)
times.sort((a, b) => a - b)
row('single-field edit of an open item, p50', times[Math.floor(times.length * 0.5)])
row('single-field edit of an open item, p99', times[Math.floor(times.length * 0.99)])

const handle = open(1)
replica.write(handle, JSON.stringify(Array.from({ length: 10 }, (_, i) => ['set', ['content', 'f' + i], 0])))
row((+edits).toLocaleString('en') + ' edits of 10 fields in turn', cpu(() => {
  for (let i = 1; i <= +edits; i++) {
    replica.write(handle, `[["set",["content","f${i % 10}"],${i}]]`)
  }
}))
bulk(itemsOf(10 * count))
