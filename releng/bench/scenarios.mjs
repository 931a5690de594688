// SPDX-License-Identifier: EPL-2.0
// The rows of Scenarios.java, on Node. Arguments: the script with the scenarios, a file of items, how many, their size.
import { readFileSync } from 'node:fs'
import vm from 'node:vm'
import { gunzipSync } from 'node:zlib'

const [, , script, file, items, count] = process.argv
vm.runInThisContext(readFileSync(script, 'utf8'))
const replica = vm.runInThisContext('replica')
const real = gunzipSync(readFileSync(file)).toString().split('\n').filter(line => line.trim())

const row = (name, time, bytes) =>
  console.log(name.padEnd(70), time.toFixed(3).padStart(12), String(bytes).padStart(9))
const cpu = work => {
  const begun = process.cpuUsage()
  work()
  const used = process.cpuUsage(begun)
  return (used.user + used.system) / 1e3
}
const sum = numbers => numbers.reduce((a, b) => a + b, 0)

for (const many of [+items, 10 * items]) {
  const size = many.toLocaleString('en') + ' items by Yjs: '
  const states = []
  const created = cpu(() => {
    for (let i = 0; i < many; i++) {
      states.push(replica.createItem(10 + i, real[i % real.length])[0])
    }
  })
  row(size + 'create', created, sum(states.map(state => state.length)))
  for (const step of ['read', 'apply']) {
    let units = 0
    const took = cpu(() => states.forEach(state => { units += replica[step + 'Item'](state)[0] }))
    row(size + step, took, units)
  }
  let encoding = 0
  let bytes = 0
  for (const state of states) {
    const [handle] = replica.openItem(1, state)
    // finer than the CPU time of the process
    const begun = process.hrtime.bigint()
    bytes += replica.state(handle)[0].length
    encoding += Number(process.hrtime.bigint() - begun) / 1e6
    replica.close(handle)
  }
  row(size + 'encode', encoding, bytes)
}

for (const name of replica.scenario('', 0)[0].split('\n')) {
  let bytes = 0
  const times = [0, 1, 2].map(() => cpu(() => { bytes = replica.scenario(name, +count)[0].length }))
  row(name, times.sort((a, b) => a - b)[1], bytes)
}
