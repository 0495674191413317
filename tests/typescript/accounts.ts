// Everything that the DjangoCFG contract offers, as its TypeScript client asks for it, beside a running `cargo dev`.
//
//     node tests/typescript/generate.mjs DOCUMENT
//     npx tsx tests/typescript/accounts.ts API INBOX GITHUB
//
// Each answer goes through the document's schemas (zod) before it is looked at here.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { client } from './client/client.gen'
import * as sdk from './client/sdk.gen'
import { OAuthProviderEnum } from './client/types.gen'

const [api, inbox, github] = process.argv.slice(2) as [string, string, string]

let access: string | undefined
client.setConfig({ baseUrl: api, auth: (scheme) => (scheme.scheme === 'bearer' ? access : undefined) })

/** What a call answered; one that fails throws, and so does an answer that is not what the document says. */
const done = { throwOnError: true } as const

const letter = async (to: string) => {
  const letters = await (await fetch(`${inbox}/api/messages?to=${to}`)).json()
  return letters[0].subject.slice(0, 4) as string
}

/** RFC 6238, `ahead` steps from now. */
function totp(secret: string, ahead = 0) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead))
  const digest = createHmac('sha1', key).update(step).digest()
  const at = digest[digest.length - 1]! & 15
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

const address = `ada${Date.now()}@example.com`

// A code by mail, and what it answers.
async function enter() {
  await sdk.cfgAccountsOtpRequestCreate({ ...done, body: { identifier: address } })
  const otp = await letter(address)
  const { data } = await sdk.cfgAccountsOtpVerifyCreate({ ...done, body: { identifier: address, otp } })
  return data
}
const first = await enter()
assert.equal(first.requires_2fa, false)
access = first.access!
const wrong = await sdk.cfgAccountsOtpVerifyCreate({ body: { identifier: address, otp: '0000' } })
assert.equal(wrong.response.status, 401)

// Tokens, and the profile.
const next = await sdk.cfgAccountsTokenRefreshCreate({ ...done, body: { refresh: first.refresh! } })
access = next.data.access
const profile = await sdk.cfgAccountsProfileRetrieve(done)
assert.equal(profile.data.email, address)
const named = await sdk.cfgAccountsProfilePartialUpdate({ ...done, body: { first_name: 'Ada' } })
assert.equal(named.data.first_name, 'Ada')
const renamed = await sdk.cfgAccountsProfileUpdateUpdate({ ...done, body: { last_name: 'Lovelace' } })
assert.equal(renamed.data.last_name, 'Lovelace')
const dot = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const avatar = new Blob([Buffer.from(dot, 'base64')], { type: 'image/png' })
const pictured = await sdk.cfgAccountsProfileAvatarCreate({ ...done, body: { avatar } })
assert.equal((await fetch(new URL(pictured.data.avatar!, api))).headers.get('content-type'), 'image/png')

// The API key.
const masked = await sdk.cfgAccountsApiKeyRetrieve(done)
const shown = await sdk.cfgAccountsApiKeyRegenerateCreate({ ...done, body: masked.data })
const { key } = shown.data as { key: string }
assert.ok(masked.data && key)
const tested = await sdk.cfgAccountsApiKeyTestCreate({ ...done, body: { key } })
assert.equal((tested.data as { valid: boolean }).valid, true)

// GitHub.
const providers = await sdk.cfgAccountsOauthProvidersRetrieve(done)
assert.ok(JSON.stringify(providers.data).includes('github'))
const redirect_uri = `${github}/callback`
const leave = async () => (await sdk.cfgAccountsOauthGithubAuthorizeCreate({ ...done, body: { redirect_uri } })).data
const forged = { code: 'forged', state: (await leave()).state, redirect_uri }
assert.equal((await sdk.cfgAccountsOauthGithubCallbackCreate({ body: forged })).response.status, 400)
const asked = new URL((await leave()).authorization_url)
const person = { login: 'ada', name: 'Ada', email: address, verified: 'true', answer: 'approve' }
const approved = new URLSearchParams([...asked.searchParams, ...Object.entries(person)])
const back = await fetch(`${github}${asked.pathname}`, { method: 'POST', body: approved, redirect: 'manual' })
const brought = new URL(back.headers.get('location')!).searchParams
const callback = { code: brought.get('code')!, state: brought.get('state')!, redirect_uri }
const entered = await sdk.cfgAccountsOauthGithubCallbackCreate({ ...done, body: callback })
assert.deepEqual([entered.data.is_new_user, entered.data.is_new_connection], [false, true])
// What follows changes credentials, which takes the sign-in by code: GitHub does not say when it saw its user.
const connections = await sdk.cfgAccountsOauthConnectionsList(done)
assert.equal(connections.data[0]?.provider_email, address)
await sdk.cfgAccountsOauthDisconnectCreate({ ...done, body: { provider: OAuthProviderEnum.GITHUB } })

// A second factor: set up, shown, in the place of codes.
const setUp = await sdk.cfgTotpSetupCreate({ ...done, body: { device_name: 'phone' } })
const { device_id, secret } = setUp.data
const confirmed = await sdk.cfgTotpSetupConfirmCreate({ ...done, body: { device_id, code: totp(secret) } })
const codes = confirmed.data.backup_codes
assert.equal(codes.length, 10)
const devices = await sdk.cfgTotpDevicesRetrieve(done)
const listed = (devices.data as { devices: { id: string }[] }).devices
assert.equal(listed.length, 1)

const half = await enter()
assert.equal(half.requires_2fa, true)
const whole = await sdk.cfgTotpVerifyCreate({ ...done, body: { session_id: half.session_id!, code: totp(secret, 1) } })
access = whole.data.access_token
const again = await enter()
const backup = { session_id: again.session_id!, backup_code: codes[0]! }
const byBackup = await sdk.cfgTotpVerifyBackupCreate({ ...done, body: backup })
access = byBackup.data.access_token
const spent = await sdk.cfgTotpVerifyBackupCreate({ body: backup })
assert.ok(spent.error)
const left = await sdk.cfgTotpBackupCodesRetrieve(done)
assert.equal(left.data.remaining_count, 9)

// Realtime is off, and says so; then the end.
const realtime = await sdk.cfgCentrifugoAuthTokenRetrieve()
assert.equal(realtime.response.status, 500)
const gone = await sdk.cfgAccountsProfileDeleteCreate(done)
assert.equal(gone.data.success, true)
const after = await sdk.cfgAccountsProfileRetrieve()
assert.equal(after.response.status, 401)
console.log('Hey API: signed in, refreshed, edited, pictured, guarded by a second factor, and gone')
