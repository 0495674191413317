// RFC 8628 as a certified client speaks it (npm openid-client), with no shim, beside a running `cargo dev`.
//
//     node tests/oauth/device.mjs API INBOX CLIENT_ID
//
// The client asks, polls and refreshes; a person answers on the page, by its forms.

import assert from 'node:assert/strict'
import * as client from 'openid-client'

const [api, inbox, clientId] = process.argv.slice(2)

/** The client, given nothing but the issuer. */
function configured() {
  const options = { execute: [client.allowInsecureRequests], algorithm: 'oidc' }
  return client.discovery(new URL(api), clientId, undefined, client.None(), options)
}

/** Somebody with a browser that keeps one cookie and fills forms. */
class Person {
  constructor(address) {
    this.address = address
  }

  async go(path, form) {
    const answer = await fetch(`${api}${path}`, {
      method: form ? 'POST' : 'GET',
      body: form && new URLSearchParams(form),
      headers: this.cookie ? { cookie: this.cookie } : {},
      redirect: 'manual',
    })
    this.cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? this.cookie
    if (answer.status === 303) return this.go(answer.headers.get('location'))
    assert.equal(answer.status, 200, path)
    this.page = await answer.text()
  }

  async fill(action, typed = {}, to = action) {
    const form = this.page.split(`<form method="post" action="${action}"`)[1].split('</form>')[0]
    const hidden = [...form.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)]
    await this.go(to, { ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])), ...typed })
  }

  async answer(uri, userCode, to) {
    await this.go(new URL(uri).pathname + new URL(uri).search)
    if (this.page.includes('action="/sign-in"')) {
      await this.fill('/sign-in', { name: this.address })
      await this.fill('/sign-in/send')
      const letters = await (await fetch(`${inbox}/api/messages?to=${this.address}`)).json()
      await this.fill('/sign-in/code', { code: letters[0].subject.slice(0, 4) })
    }
    await this.fill('/device/approve', { user_code: userCode }, to)
  }
}

const config = await configured()
const ada = new Person(`ada${Date.now()}@example.com`)

const begun = await client.initiateDeviceAuthorization(config, { scope: 'account' })
assert.match(begun.user_code, /^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/)
const polling = client.pollDeviceAuthorizationGrant(config, begun)
await ada.answer(begun.verification_uri_complete, begun.user_code, '/device/approve')
const tokens = await polling
assert.equal(tokens.token_type, 'bearer')
assert.ok(tokens.access_token && tokens.refresh_token && tokens.expiresIn() > 600)
assert.equal(tokens.scope, 'account')

const next = await client.refreshTokenGrant(config, tokens.refresh_token)
assert.notEqual(next.refresh_token, tokens.refresh_token)
const profile = await client.fetchProtectedResource(config, next.access_token, new URL(`${api}/cfg/accounts/profile/`), 'GET')
assert.equal((await profile.json()).email, ada.address)

const refused = await client.initiateDeviceAuthorization(config, {})
const denied = assert.rejects(client.pollDeviceAuthorizationGrant(config, refused), { error: 'access_denied' })
await ada.answer(refused.verification_uri_complete, refused.user_code, '/device/deny')
await denied

await assert.rejects(client.pollDeviceAuthorizationGrant(config, begun), { error: 'expired_token' })
await assert.rejects(client.refreshTokenGrant(config, 'garbage'), { error: 'invalid_grant' })
console.log('openid-client: let in, refreshed, denied, and told when it was too late')
