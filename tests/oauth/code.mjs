// OpenID Connect as a certified client speaks it (npm openid-client), with no shim, beside a running `cargo dev`.
//
//     node tests/oauth/code.mjs API INBOX CLIENT_ID REDIRECT_URI POST_LOGOUT_URI
//
// The client is public and first-party. A person signs in by the forms of our own pages.

import assert from 'node:assert/strict'
import * as client from 'openid-client'

const [api, inbox, clientId, redirectUri, signedOutUri] = process.argv.slice(2)

/** Somebody with a browser that keeps cookies and fills forms. */
class Person {
  cookies = new Map()

  constructor(address) {
    this.address = address
  }

  /** Goes there, and on where it is sent, until that is somebody else's. */
  async go(to, form) {
    const url = new URL(to, api)
    if (!url.href.startsWith(api)) return url
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url, {
      method: form ? 'POST' : 'GET',
      body: form && new URLSearchParams(form),
      headers: cookie ? { cookie } : {},
      redirect: 'manual',
    })
    for (const line of answer.headers.getSetCookie()) {
      const [name, ...value] = line.split(';')[0].split('=')
      this.cookies.set(name, value.join('='))
    }
    if (answer.status === 303) return this.go(answer.headers.get('location'))
    this.page = await answer.text()
    const back = this.page.match(/http-equiv="refresh" content="0; url=([^"]*)"/)
    return back ? new URL(back[1].replaceAll('&#38;', '&')) : url
  }

  async fill(action, typed = {}) {
    const form = this.page.split(`action="${action}"`)[1].split('</form>')[0]
    const hidden = [...form.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)]
    return this.go(action, { ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])), ...typed })
  }

  /** Signs in on the page that is open, and goes where that leads. */
  async signIn() {
    await this.fill('/sign-in', { name: this.address })
    await this.fill('/sign-in/send')
    const letters = await (await fetch(`${inbox}/api/messages?to=${this.address}`)).json()
    return this.fill('/sign-in/code', { code: letters[0].subject.slice(0, 4) })
  }
}

const options = { execute: [client.allowInsecureRequests] }
const config = await client.discovery(new URL(api), clientId, undefined, client.None(), options)
const ada = new Person(`ada${Date.now()}@example.com`)

/** Sends the browser off, and trades what it brings back. */
async function signedIn(more = {}, waits = false) {
  const verifier = client.randomPKCECodeVerifier()
  const checks = { pkceCodeVerifier: verifier, expectedState: client.randomState(), expectedNonce: client.randomNonce() }
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid email offline_access',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...more,
  })
  let back = await ada.go(url)
  if (waits) {
    assert.equal(back.pathname, '/sign-in')
    back = await ada.signIn()
  }
  return client.authorizationCodeGrant(config, back, checks)
}

const tokens = await signedIn({}, true)
const { sub } = tokens.claims()
const person = await client.fetchUserInfo(config, tokens.access_token, sub)
assert.equal(person.email, ada.address)
assert.equal(person.email_verified, true)

const silent = await signedIn({ prompt: 'none' })
assert.equal(silent.claims().sub, sub)
assert.equal(silent.claims().sid, tokens.claims().sid)
const old = await signedIn({ max_age: '10000', id_token_hint: tokens.id_token })
assert.ok(old.claims().auth_time)

const next = await client.refreshTokenGrant(config, tokens.refresh_token)
assert.notEqual(next.refresh_token, tokens.refresh_token)
assert.equal(next.claims().sub, sub)
await client.tokenRevocation(config, next.refresh_token)
await assert.rejects(client.fetchUserInfo(config, next.access_token, sub))

const parameters = { id_token_hint: silent.id_token, post_logout_redirect_uri: signedOutUri, state: 'bye' }
const out = await ada.go(client.buildEndSessionUrl(config, parameters))
assert.equal(out.href, `${signedOutUri}?state=bye`)
await assert.rejects(signedIn({ prompt: 'none' }), { error: 'login_required' })
console.log('openid-client: signed in, told who, renewed in silence, refreshed, revoked and signed out')
