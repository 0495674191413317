// One person's way through nauth-toolkit's contract, step by step, by tokens in bodies or by cookies. Runs in Node
// (node.mjs) and in a page (tests/dev/nauth.py); what the two do differently is their `world`:
//
// | of a world | |
// |---|---|
// | `letters(address)` | what was mailed there, newest first |
// | `reject()` | spoils the access token |
// | `expire()` | takes away what ends with the access token |
// | `lock(address)` | locks the account as an operator does |

import { Refusal } from './client.mjs'

/** Who walks, and where. */
export function walker(client, api, world) {
  const cookies = client.tokenDelivery === 'cookies'
  const email = `${client.tokenDelivery}${Date.now()}@example.com`
  return { client, api, world, cookies, email, password: 'analytical engine no. 1', read: new Set() }
}

/** The steps, in their order. Each needs what those before it did. */
export const steps = [
  signUp, proveAddress, signOut, mistypePassword, signIn, guard, race, goOn, renew, editProfile, enterByCode,
  listSessions, endSession, readHistory, changePassword, signInAnew, forgetPassword, setUpFactors, showApp, showBackupCode,
  trustDevice, forgetDevice, removeFactors, comeFromProviders, review, lockAccount,
]

/**
 * The address that a step comes from. One network may try few passwords in a minute, so each step has another; and so
 * has each run, for the sake of who runs this twice.
 */
export function network(index) {
  return `10.${[16, 8, 0].map((bits) => ((begun + index) >> bits) & 255).join('.')}`
}
const begun = Math.floor(Math.random() * 2 ** 24)

async function signUp({ client, email, password, cookies }) {
  // What nobody may give themselves is dropped.
  const answer = await client.signup({ email, password, firstName: 'Ada', role: 'admin', isEmailVerified: true })
  equal(client.answers.at(-1).status, 201, 'the status of a sign-up')
  const properties = ['challengeName', 'challengeParameters', 'session', 'sub']
  equal(Object.keys(answer).sort(), properties, 'what a challenge holds')
  equal(answer.challengeName, 'VERIFY_EMAIL', 'the challenge after a sign-up')
  equal(answer.challengeParameters.codeDeliveryDestination, `${email[0]}***@example.com`, 'where the code went')
  equal(client.challenge().session, answer.session, 'the challenge in storage')
  if (cookies) equal(document.cookie, '', 'no cookie while a challenge is pending')
}

async function proveAddress(at) {
  const { client, email } = at
  const code = await mailed(at, /^\d{6}/)
  const type = 'VERIFY_EMAIL'
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0')
  await refused(client.respondToChallenge({ type, code: wrong }), 400, 'VERIFY_CODE_INVALID', 'a wrong code')
  const answer = await client.respondToChallenge({ type, code })
  equal([answer.user.email, answer.user.isEmailVerified], [email, true], 'who has proven an address')
  equal(client.challenge(), null, 'no challenge left in storage')
  tokensTravel(at, answer)
  at.sub = answer.user.sub
}

async function signOut(at) {
  const before = at.client.refreshToken
  equal(await at.client.logout(), { success: true }, 'the answer to a sign-out')
  await signedOut(at, 'a sign-out')
  if (at.cookies) return
  const old = await post(at.api, '/nauth/refresh', { refreshToken: before })
  check(old.status === 401, `the refresh token lives on after a sign-out: ${old.status} ${JSON.stringify(old.body)}`)
}

async function mistypePassword({ client, email }) {
  const asked = client.answers.length
  const wrong = client.login(email, 'analytical engine no. 7')
  await refused(wrong, 401, 'AUTH_INVALID_CREDENTIALS', 'a wrong password')
  const unknown = client.login(`un${email}`, 'analytical engine no. 7')
  await refused(unknown, 401, 'AUTH_INVALID_CREDENTIALS', 'an unknown address')
  equal(client.answers.length - asked, 2, 'requests of two sign-ins that were refused, without a refresh')
}

async function signIn(at) {
  const answer = await at.client.login(at.email.toUpperCase(), at.password)
  equal(answer.user.sub, at.sub, 'who signs in')
  equal([answer.authMethod, answer.trusted], ['password', false], 'how, and on which device')
  tokensTravel(at, answer)
}

/** What protects cookies from pages that the browser would send them for. */
async function guard({ client, cookies }) {
  if (!cookies) return
  const own = document.cookie.match(/^nauth_csrf_token=([\w.-]+)$/)?.[1]
  check(own, `a script sees the CSRF cookie and no other: ${document.cookie}`)
  const forged = own.slice(0, -1) + (own.endsWith('0') ? '1' : '0')
  for (const [csrf, code] of [[forged, 'AUTH_CSRF_TOKEN_INVALID'], [null, 'AUTH_CSRF_TOKEN_MISSING']]) {
    const { status, body } = await client.send('PUT', '/profile', { body: { firstName: 'Eve' }, csrf })
    equal([status, body.code], [401, code], 'a change without the right CSRF header')
  }
  equal((await client.profile()).firstName, 'Ada', 'the name after changes that were refused')
}

/** Eight tabs find the access token expired, all at once. What the cookies were, whoever drives the page looks at. */
async function race(at) {
  const { client, cookies } = at
  const old = client.refreshToken
  const answers = await Promise.all(Array.from({ length: 8 }, () => client.exchange()))
  equal(answers.map(({ status }) => status), Array(8).fill(200), 'the statuses of eight refreshes at once')
  if (cookies) return
  const bodies = answers.map(({ body }) => body)
  equal(new Set(bodies.map((body) => body.refreshToken)).size, 1, 'refresh tokens after eight refreshes at once')
  check(bodies[0].refreshToken !== old, 'a refresh gave the token that it took')
  for (const body of bodies) {
    equal(claims(body.accessToken), claims(bodies[0].accessToken), 'the claims after eight refreshes at once')
    equal(claims(body.accessToken).exp, body.accessTokenExpiresAt, 'when the access token ends')
  }
  client.keep(bodies[7])
}

/** The chain of tokens lives on after the race. */
async function goOn({ client, sub }) {
  const old = client.refreshToken
  check(await client.refresh(), `the refresh after the race was refused: ${JSON.stringify(client.answers.at(-1))}`)
  check(!old || client.refreshToken !== old, 'the refresh after the race gave the token that it took')
  equal((await client.profile()).sub, sub, 'whose profile it is after the race')
}

/** The client helps itself when its access token is no good: it refreshes, and whoever waited asks once more. */
async function renew({ client, world, sub }) {
  for (const [spoil, what] of [[world.reject, 'was rejected'], [world.expire, 'has expired']]) {
    await spoil()
    const before = client.answers.length
    const [profile, changed, listed] = await Promise.all([
      client.profile(), client.updateProfile({ lastName: 'Lovelace' }), client.sessions(),
    ])
    equal([profile.sub, changed.sub, listed.sessions.length], [sub, sub, 1], `calls after the access token ${what}`)
    const asked = client.answers.slice(before)
    equal(asked[0].status, 401, `the first answer after the access token ${what}`)
    // One is enough unless a call is answered 401 only when the others have their new tokens.
    const refreshes = asked.filter(({ path }) => path === '/refresh').map(({ status }) => status)
    equal([...new Set(refreshes)], [200], `the statuses of refreshes after the access token ${what}`)
  }
}

async function editProfile({ client, email, sub }) {
  const changes = { firstName: 'Augusta', lastName: 'King', metadata: { theme: 'dark' }, isEmailVerified: false }
  const changed = await client.updateProfile(changes)
  const profile = await client.profile()
  equal(profile, changed, 'the profile, and what its change answered')
  const person = [profile.sub, profile.email, profile.firstName, profile.lastName]
  equal(person, [sub, email, 'Augusta', 'King'], 'whose profile it is')
  equal([profile.isEmailVerified, profile.hasPasswordHash, profile.mfaEnabled], [true, true, false], 'its flags')
}

/** The same person by another contract's door: one account, and a second session. */
async function enterByCode(at) {
  const { api, email, sub } = at
  const requested = await post(api, '/cfg/accounts/otp/request/', { identifier: email })
  equal(requested.status, 200, 'the status of asking for a code by DjangoCFG')
  const otp = await mailed(at, /^\d{4}(?=\D)/)
  const { status, body } = await post(api, '/cfg/accounts/otp/verify/', { identifier: email, otp })
  equal(status, 200, 'the status of a sign-in with a code by DjangoCFG')
  at.other = { access: body.access, refresh: body.refresh, id: claims(body.access).sessionId }
  equal([claims(body.access).sub, body.user.email], [sub, email], 'who signed in by DjangoCFG')
  equal((await elsewhere(at)).body.first_name, 'Augusta', 'the name there, as it was given here')
}

async function listSessions(at) {
  const { sessions } = await at.client.sessions()
  const [here, there] = [sessions.filter((one) => one.isCurrent), sessions.filter((one) => !one.isCurrent)]
  equal([here.length, there.length], [1, 1], 'sessions, this one and others')
  equal(there[0].sessionId, at.other.id, 'the session of the other contract')
  equal([here[0].authMethod, here[0].isRemembered], ['password', false], 'how this session began')
  if (!at.cookies) equal(here[0].sessionId, claims(at.client.accessToken).sessionId, 'this session in its token')
}

async function endSession(at) {
  await at.client.endSession(at.other.id)
  equal((await elsewhere(at)).status, 401, 'the status for a session that was ended from here')
  await refused(at.client.endSession(at.other.id), 404, 'RESOURCE_NOT_FOUND', 'ending a session twice')
  equal((await at.client.sessions()).sessions.length, 1, 'sessions after one was ended')
}

async function readHistory({ client }) {
  const types = ['LOGIN_SUCCESS', 'LOGIN_FAILED']
  const page = await client.history({ eventTypes: types, limit: 2 })
  check(page.data.every((row) => types.includes(row.eventType)), `rows of two types: ${JSON.stringify(page.data)}`)
  const times = page.data.map((row) => Date.parse(row.createdAt))
  equal(times, [...times].sort((a, b) => b - a), 'the times of the history, newest first')
  equal([page.data.length, page.page, page.limit], [2, 1, 2], 'the first page of the history')
  equal(page.totalPages, Math.ceil(page.total / 2), 'the pages of the history')
  for (const spelled of [`eventTypes=${types}`, `eventTypes[]=${types[0]}&eventTypes[]=${types[1]}`]) {
    const same = await client.call('GET', `/audit/history?${spelled}&limit=2`)
    equal(same, page, `the history by ${spelled}`)
  }
  const failures = await client.history({ eventTypes: types, eventStatus: 'FAILURE' })
  equal(failures.data.map((row) => row.eventType), ['LOGIN_FAILED'], 'failed sign-ins in the history')
}

/** Another password ends every session, this one and those that other contracts opened. */
async function changePassword(at) {
  const { client, password } = at
  await enterByCode(at)
  const next = 'analytical engine no. 2'
  await refused(client.changePassword('no engine', next), 400, 'PASSWORD_INCORRECT', 'a wrong old password')
  await client.profile()
  equal(await client.changePassword(password, next), { success: true }, 'the answer to a change of password')
  equal((await elsewhere(at)).status, 401, 'the status for another session after a change of password')
  await signedOut(at, 'a change of password')
  Object.assign(at, { password: next, former: password })
}

async function signInAnew(at) {
  const { client, email, former } = at
  await refused(client.login(email, former), 401, 'AUTH_INVALID_CREDENTIALS', 'the old password')
  await signIn(at)
}

async function forgetPassword(at) {
  const { client, email } = at
  await enterByCode(at)
  const { destination, ...sent } = await client.forgotPassword(email)
  equal(sent, { success: true, deliveryMedium: 'email', expiresIn: 900 }, 'the answer to a forgotten password')
  check(/^\w\*+\w@example\.com$/.test(destination), `the destination is masked: ${destination}`)
  const code = await mailed(at, /^\d{6}/)
  const next = 'analytical engine no. 3'
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0')
  const guess = client.confirmForgotPassword(email, wrong, next)
  await refused(guess, 400, 'PASSWORD_RESET_CODE_INVALID', 'a wrong reset code')
  const confirmed = await client.confirmForgotPassword(email, code, next)
  equal(confirmed, { success: true, mustChangePassword: false }, 'the answer to a reset')
  equal((await elsewhere(at)).status, 401, 'the status for another session after a reset')
  await signedOut(at, 'a reset')
  Object.assign(at, { password: next, former: at.password })
  await signInAnew(at)
}

/** An app, a telephone and the mailbox, which is proven already, and codes for the day when none is at hand. */
async function setUpFactors(at) {
  const { client, world } = at
  at.app = (await client.beginFactor('totp')).secret
  await client.confirmFactor('totp', { secret: at.app, code: await totp(at.app) })
  const number = `+1555${String(Date.now()).slice(-7)}`
  const { maskedPhone } = await client.beginFactor('sms', { phoneNumber: number })
  equal(maskedPhone, `***-***-${number.slice(-4)}`, 'where the text went')
  const [{ text }] = await world.letters(encodeURIComponent(number))
  await client.confirmFactor('sms', { phoneNumber: number, code: text.match(/\d{6}/)[0] })
  const { autoCompleted, deviceId } = await client.beginFactor('email')
  equal(autoCompleted, true, 'a mailbox that is proven needs no code')
  equal(await client.confirmFactor('email', { deviceId }), { deviceId }, 'the factor that is the mailbox')
  at.backups = await client.backupCodes()
  const { enabled, configuredMethods, hasBackupCodes } = await client.mfaStatus()
  equal([enabled, configuredMethods.sort(), hasBackupCodes], [true, ['email', 'sms', 'totp'], true], 'what is set up')
}

/** A sign-in by password, which waits for a factor now. */
async function untilFactor(at) {
  const answer = await at.client.login(at.email, at.password)
  equal(answer.challengeName, 'MFA_REQUIRED', 'the challenge after a password')
  equal(answer.challengeParameters.preferredMethod, 'totp', 'the factor that was set up first')
  return answer.challengeParameters
}

const show = (at, method, code) => at.client.respondToChallenge({ type: 'MFA_REQUIRED', method, code })

async function showApp(at) {
  await at.client.logout()
  const { availableMethods } = await untilFactor(at)
  equal(availableMethods.sort(), ['backup', 'email', 'sms', 'totp'], 'what may be shown')
  // The code that set the app up was used by that, and the next is good already.
  await refused(show(at, 'totp', '12345678'), 400, 'VERIFY_CODE_INVALID', 'a code that is no code of the app')
  tokensTravel(at, await show(at, 'totp', await totp(at.app, 1)))
}

async function showBackupCode(at) {
  const { client, backups } = at
  await client.logout()
  await untilFactor(at)
  await show(at, 'backup', backups[0])
  await client.logout()
  await untilFactor(at)
  await refused(show(at, 'backup', backups[0]), 400, 'VERIFY_CODE_INVALID', 'a backup code that was used')
  equal(await client.challengeData('email'), { challengeData: masked(at.email) }, 'where the mailed code went')
  tokensTravel(at, await show(at, 'email', await mailed(at, /^\d{6}/)))
}

/** Whose device is trusted is asked for the password alone. */
async function trustDevice(at) {
  const { client, cookies } = at
  equal(await client.isTrusted(), false, 'a device before it is trusted')
  const { deviceToken } = await client.trustDevice()
  equal(deviceToken === '', cookies, 'a token that a page does not see')
  await client.logout()
  const answer = await client.login(at.email, at.password)
  equal(answer.trusted, true, 'a sign-in by a trusted device')
  tokensTravel(at, answer)
  equal(await client.isTrusted(), true, 'a device that is trusted')
}

async function forgetDevice(at) {
  await at.client.logout(true)
  await untilFactor(at)
  tokensTravel(at, await show(at, 'backup', at.backups[1]))
}

async function removeFactors({ client }) {
  const removed = []
  for (const method of ['totp', 'sms', 'email']) removed.push((await client.removeFactor(method)).mfaDisabled)
  equal(removed, [false, false, true], 'whether factors are off after one was removed')
  equal((await client.mfaStatus()).enabled, false, 'factors after the last was removed')
}

/** Three ways to one account, by the address that all of them vouch for. A page goes there itself. */
async function comeFromProviders(at) {
  if (at.cookies) return
  const { client, api, email, sub } = at
  const manual = { redirect: 'manual' }
  for (const provider of ['google', 'apple', 'facebook']) {
    await client.logout()
    const start = await fetch(`${api}/nauth/social/${provider}/redirect?returnTo=/in&appState=here`, manual)
    const question = new URL(start.headers.get('location'))
    const asked = Object.fromEntries(question.searchParams)
    const form = new URLSearchParams({ ...asked, email, decision: 'allow' })
    const said = await fetch(`${question.origin}/${provider}/decision`, { method: 'POST', body: form, ...manual })
    const back = said.headers.get('location')
    // Apple has the browser post what it says.
    const came = await (back ? fetch(back, manual) : postForm(await said.text(), manual))
    const home = new URL(came.headers.get('location')).searchParams
    equal(home.get('appState'), 'here', `what comes back from ${provider}`)
    const answer = await client.exchangeSocial(home.get('exchangeToken'))
    equal([answer.user.sub, answer.authMethod], [sub, provider], `who came from ${provider}`)
    tokensTravel(at, answer)
  }
}

/** What a page does whose form posts itself. */
function postForm(html, options) {
  const plain = (text) => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code)).replaceAll('&amp;', '&')
  const fields = [...html.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, ...pair]) => pair.map(plain))
  const action = plain(html.match(/action="([^"]*)"/)[1])
  return fetch(action, { method: 'POST', body: new URLSearchParams(fields), ...options })
}

/** Where cookies carry tokens, no answer and no storage ever held one. */
async function review({ client, cookies }) {
  if (cookies) noTokens(client)
}

/** An operator's lock ends the sessions of both contracts at their next call. */
async function lockAccount(at) {
  const { client, api, email, password, other } = at
  await enterByCode(at)
  await client.profile()
  await at.world.lock(email)
  equal((await elsewhere(at)).status, 401, 'the status for the session by DjangoCFG after the lock')
  const again = await post(api, '/cfg/accounts/token/refresh/', { refresh: other.refresh })
  equal(again.status, 401, 'the status of a refresh by DjangoCFG after the lock')
  const renewed = await client.exchange()
  equal([renewed.status, renewed.body.code], [403, 'AUTH_ACCOUNT_LOCKED'], 'a refresh after the lock')
  const locked = await client.send('POST', '/login', { body: { identifier: email, password }, open: true })
  equal([locked.status, locked.body.code], [403, 'AUTH_ACCOUNT_LOCKED'], 'a sign-in after the lock')
  equal(locked.body.details.isPermanent, true, 'the lock is for good')
  const { status, body } = await client.send('GET', '/profile')
  const ended = status === 401 && ['AUTH_SESSION_NOT_FOUND', 'AUTH_TOKEN_REUSE_DETECTED'].includes(body.code)
  check(ended, `a call after the lock is 401 as of an ended session: ${status} ${JSON.stringify(body)}`)
}

/** Where the tokens of a sign-in are, and where they are not. */
function tokensTravel({ client, cookies, sub, email }, answer) {
  equal(client.user(), answer.user, 'the user in storage')
  if (cookies) return noTokens(client)
  const { type, ...own } = claims(client.accessToken)
  equal([type, own.sub, own.email], ['access', sub ?? answer.user.sub, email], 'the claims of the access token')
  equal(own.exp, answer.accessTokenExpiresAt, 'when the access token ends')
  check(answer.refreshTokenExpiresAt > answer.accessTokenExpiresAt, 'the refresh token outlives the access token')
}

/** Where cookies carry tokens, nothing that a script can reach does. */
function noTokens(client) {
  const told = ['accessToken', 'refreshToken', 'accessTokenExpiresAt', 'refreshTokenExpiresAt', 'deviceToken']
  for (const { method, path, body } of client.answers) {
    const text = JSON.stringify(body)
    const found = told.find((name) => text.match(`"${name}":(?!"")`)) ?? text.match(/eyJ[\w-]+\./)?.[0]
    check(!found, `${method} ${path} answers ${found} in its body: ${text}`)
  }
  const stored = Object.keys(client.storage).filter((name) => name.includes('token'))
  equal(stored, [], 'tokens in storage')
}

/** Nothing is left of a session: a call is refused, its refresh as well, and the client knows. */
async function signedOut({ client, cookies }, after) {
  const error = await client.profile().then(() => undefined, (error) => error)
  check(error?.status === 401, `a call after ${after} is 401: ${error}`)
  const kept = [client.accessToken, client.refreshToken, client.user()]
  equal(kept, [null, null, null], `what the client keeps after ${after}`)
  if (cookies) equal(document.cookie, '', `cookies that a script sees after ${after}`)
}

/** What DjangoCFG says to the session that it opened. */
async function elsewhere({ api, other }) {
  const headers = { authorization: `Bearer ${other.access}` }
  const response = await fetch(`${api}/cfg/accounts/profile/`, { headers, credentials: 'omit' })
  return { status: response.status, body: await response.json() }
}

/** A request beside the client. */
async function post(api, path, content) {
  const headers = { 'content-type': 'application/json' }
  const options = { method: 'POST', headers, credentials: 'omit', body: JSON.stringify(content) }
  const response = await fetch(api + path, options)
  return { status: response.status, body: await response.json() }
}

/** The code at the head of a letter that was not read before. */
async function mailed({ world, email, read }, pattern) {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
    for (const { id, subject } of await world.letters(email)) {
      const code = subject.match(pattern)?.[0]
      if (!code || read.has(id)) continue
      read.add(id)
      return code
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`no letter with a code like ${pattern} came to ${email}`)
}

/** An address as answers to signed-in users and to codes have it. */
const masked = (email) => email.replace(/^(.).*(.)@/, '$1***$2@')

/** The code of RFC 6238 for the time step now, or some steps from it. */
async function totp(secret, steps = 0) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
  const bytes = bits.join('').match(/.{8}/g).map((byte) => parseInt(byte, 2))
  const algorithm = { name: 'HMAC', hash: 'SHA-1' }
  const key = await crypto.subtle.importKey('raw', new Uint8Array(bytes), algorithm, false, ['sign'])
  const count = new DataView(new ArrayBuffer(8))
  count.setBigUint64(0, BigInt(Math.floor(Date.now() / 30_000) + steps))
  const digest = new DataView(await crypto.subtle.sign('HMAC', key, count))
  const number = digest.getUint32(digest.getUint8(19) & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

/** The claims of a token, unchecked. */
export function claims(token) {
  return JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')))
}

/** A call that has to be refused, with all that an error says. */
async function refused(call, status, code, what) {
  const error = await call.then((answer) => new Error(`it answered ${JSON.stringify(answer)}`), (error) => error)
  if (!(error instanceof Refusal)) throw new Error(`${what} is refused: ${error}`)
  equal([error.status, error.code], [status, code], what)
  equal(error.body.statusCode, status, `the status in the body, ${what}`)
  check(error.body.message && error.body.path.startsWith('/nauth/'), `${what} says what and where: ${error.message}`)
  const { timestamp } = error.body
  check(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(timestamp), `${what} says when: ${timestamp}`)
}

function check(fact, message) {
  if (!fact) throw new Error(message)
}

function equal(got, wanted, what) {
  const [one, other] = [JSON.stringify(got), JSON.stringify(wanted)]
  if (one !== other) throw new Error(`${what}: ${one}, not ${other}`)
}
