// SPDX-License-Identifier: EPL-2.0
// y-webrtc's own signaling server, at the port of the environment. It prints a line when it listens.
import './packages.mjs'
await import('../../../node_modules/y-webrtc/bin/server.js')
