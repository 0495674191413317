// The walk with tokens in bodies, as a program or an app takes it, beside a running `cargo dev`.
//
//     node tests/nauth/node.mjs PORT_BASE [CTL]        CTL: target/debug/ctl unless told otherwise
//
// Codes must be had at once (POSTERN_OTP_RESEND_COOLDOWN_SECONDS=0), and the stack believes a proxy here
// (--trusted-proxy 127.0.0.1). Needs no package.

import { execFileSync } from 'node:child_process'
import { webcrypto } from 'node:crypto'
import { Client } from './client.mjs'
import { network, steps, walker } from './walk.mjs'

const [base, ctl = 'target/debug/ctl'] = process.argv.slice(2)
const api = `http://127.0.0.1:${base}`
const inbox = `http://127.0.0.1:${Number(base) + 25}`

/** What a browser's localStorage does. */
class Storage extends Map {
  getItem = (name) => this.get(name) ?? null
  setItem = (name, value) => this.set(name, String(value))
  removeItem = (name) => this.delete(name)
}

// Where Node is too old to have it by itself.
globalThis.crypto ??= webcrypto

const storage = new Storage()
const client = new Client({ baseUrl: api, authPathPrefix: '/nauth', tokenDelivery: 'json', storage })

/** Another token in its place that is not ours: of the same form, with a signature that it did not have. */
function reject() {
  const [head, claims, signature] = client.accessToken.split('.')
  client.accessToken = `${head}.${claims}.${[...signature].reverse().join('')}`
}

const world = {
  letters: async (address) => (await fetch(`${inbox}/api/messages?to=${address}`)).json(),
  reject,
  // Nobody can wait for a token's end, nor sign one that has come to it: a client only sees the 401.
  expire: reject,
  lock: (address) => execFileSync(ctl, ['--port-base', base, 'user', 'lock', '--email', address]),
}

// The proxy, behind which each step has its network.
const direct = fetch
let place
globalThis.fetch = (url, options) =>
  direct(url, { ...options, headers: { ...options?.headers, 'x-forwarded-for': place } })

const walk = walker(client, api, world)
for (const [index, step] of steps.entries()) {
  place = network(index)
  try {
    await step(walk)
  } catch (error) {
    console.error(`nauth, tokens in bodies: ${step.name}: ${error.stack}`)
    process.exit(1)
  }
}
console.log(`nauth, tokens in bodies: ${steps.length} steps, ${client.answers.length} requests`)
