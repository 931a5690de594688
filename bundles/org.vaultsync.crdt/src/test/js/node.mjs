// SPDX-License-Identifier: EPL-2.0
// Runs the functions of lab.js on Node: arguments are the script and JSON texts [function, argument, …], one line of
// results each, bytes as hexadecimal digits.
import { readFileSync } from 'node:fs'
import vm from 'node:vm'

const [, , script, ...calls] = process.argv
vm.runInThisContext(readFileSync(script, 'utf8'))
const text = value => value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)
for (const call of calls) {
  const [name, ...given] = JSON.parse(call)
  console.log(globalThis.replica[name](...given).map(text).join(' '))
}
