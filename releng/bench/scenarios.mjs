// SPDX-License-Identifier: EPL-2.0
// The rows of Scenarios.java, on Node. Arguments: the script with the scenarios, their size.
import { readFileSync } from 'node:fs'
import vm from 'node:vm'

const [, , script, count] = process.argv
vm.runInThisContext(readFileSync(script, 'utf8'))
const { scenario } = vm.runInThisContext('replica')
for (const name of scenario('', 0)[0].split('\n')) {
  let bytes = 0
  const times = [0, 1, 2].map(() => {
    const begun = process.cpuUsage()
    bytes = scenario(name, +count)[0].length
    const used = process.cpuUsage(begun)
    return (used.user + used.system) / 1e3
  }).sort((a, b) => a - b)
  console.log(name.padEnd(70), times[1].toFixed(3).padStart(12), String(bytes).padStart(9))
}
