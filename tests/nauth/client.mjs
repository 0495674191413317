// A client of nauth-toolkit's contract that behaves on the wire as the toolkit's own does: same options, headers,
// refreshes and names in storage. Written from the description of that behaviour, for a page and for Node alike, so
// that what passes here passes for an application that knows nothing of Postern.

const ACCESS = 'nauth_access_token'
const REFRESH = 'nauth_refresh_token'
const ACCESS_ENDS = 'nauth_access_token_expires_at'
const REFRESH_ENDS = 'nauth_refresh_token_expires_at'
const USER = 'nauth_user'
const CHALLENGE = 'nauth_challenge_session'
const DEVICE = 'nauth_device_token'

/** Where a 401 speaks of what was typed and not of a token, so that no refresh could help. */
const ABOUT_CREDENTIALS = ['/login', '/signup', '/social/exchange']

/** An answer that is no success. Applications go by its code. */
export class Refusal extends Error {
  constructor({ method, path, status, body }) {
    const code = body?.code ?? 'INTERNAL_ERROR'
    super(`${method} ${path}: ${status} ${code} ${JSON.stringify(body)}`)
    Object.assign(this, { status, code, body, details: body?.details })
  }
}

export class Client {
  /** Everything that was answered, for those who want to look at it: method, path, status, body. */
  answers = []

  constructor({ baseUrl, authPathPrefix = '', tokenDelivery, storage }) {
    Object.assign(this, { base: baseUrl + authPathPrefix, tokenDelivery, storage })
  }

  signup = (person) => this.enter('/signup', person)
  login = (identifier, password) => this.enter('/login', { identifier, password })
  respondToChallenge = (response) =>
    this.enter('/respond-challenge', { session: this.challenge().session, ...response })
  forgotPassword = (identifier) => this.enter('/forgot-password', { identifier })
  confirmForgotPassword = (identifier, code, newPassword) =>
    this.enter('/forgot-password/confirm', { identifier, code, newPassword })
  profile = () => this.call('GET', '/profile')
  updateProfile = (changes) => this.call('PUT', '/profile', { body: changes })
  changePassword = (oldPassword, newPassword) =>
    this.call('POST', '/change-password', { body: { oldPassword, newPassword } })
  sessions = () => this.call('GET', '/sessions')
  endSession = (id) => this.call('DELETE', `/sessions/${id}`)
  challengeData = (method) =>
    this.call('POST', '/challenge/challenge-data', { body: { session: this.challenge().session, method }, open: true })
  mfaStatus = () => this.call('GET', '/mfa/status')
  beginFactor = async (methodName, setupData = {}) =>
    (await this.call('POST', '/mfa/setup-data', { body: { methodName, setupData } })).setupData
  confirmFactor = (methodName, setupData, deviceName = 'Mine') =>
    this.call('POST', '/mfa/verify-setup', { body: { methodName, setupData, deviceName } })
  removeFactor = (method) => this.call('DELETE', `/mfa/method/${method}`)
  backupCodes = async () => (await this.call('POST', '/mfa/backup-codes/generate', { body: {} })).codes
  exchangeSocial = (exchangeToken) => this.enter('/social/exchange', { exchangeToken })
  isTrusted = async () => (await this.call('GET', '/is-trusted-device')).trusted

  async trustDevice() {
    const answer = await this.call('POST', '/trust-device', { body: {} })
    this.keep(answer)
    return answer
  }

  history(filter) {
    const query = new URLSearchParams()
    for (const [name, values] of Object.entries(filter)) for (const value of [values].flat()) query.append(name, value)
    return this.call('GET', `/audit/history?${query}`)
  }

  async logout(forgetMe = false) {
    const answer = await this.call('GET', forgetMe ? '/logout?forgetMe=true' : '/logout')
    this.forget()
    if (forgetMe) this.storage.removeItem(DEVICE)
    return answer
  }

  /** What a sign-in still waits for, if it does. */
  challenge() {
    return JSON.parse(this.storage.getItem(CHALLENGE) ?? 'null')
  }

  user() {
    return JSON.parse(this.storage.getItem(USER) ?? 'null')
  }

  get accessToken() {
    return this.storage.getItem(ACCESS)
  }

  set accessToken(token) {
    this.storage.setItem(ACCESS, token)
  }

  get refreshToken() {
    return this.storage.getItem(REFRESH)
  }

  /** New tokens. Whoever asks while others wait gets what they get: a refresh token is good for one exchange. */
  refresh() {
    this.refreshing ??= this.renew().finally(() => {
      this.refreshing = undefined
    })
    return this.refreshing
  }

  /** One exchange, of which nothing is kept. The cookie, where there is one, is not for scripts to read. */
  exchange() {
    const refreshToken = this.tokenDelivery === 'json' ? this.refreshToken : ''
    return this.send('POST', '/refresh', { body: { refreshToken }, open: true })
  }

  /** A call without a token. What it answers may be the end of a sign-in, or a challenge. */
  async enter(path, body) {
    const answer = await this.call('POST', path, { body, open: true })
    this.keep(answer)
    return answer
  }

  /** A call, and once more with new tokens if the one it showed is no good. */
  async call(method, path, options) {
    let answer = await this.send(method, path, options)
    const ofToken = answer.status === 401 && !ABOUT_CREDENTIALS.some((part) => path.includes(part))
    if (ofToken && (await this.refresh())) answer = await this.send(method, path, options)
    if (answer.status >= 300) throw new Refusal(answer)
    return answer.body
  }

  /** One request. `csrf` shows another CSRF token than the cookie's, or none if it is null. */
  async send(method, path, { body, open = false, csrf } = {}) {
    const headers = {}
    if (method !== 'GET') headers['content-type'] = 'application/json'
    if (this.tokenDelivery === 'json') {
      const device = this.storage.getItem(DEVICE)
      if (this.accessToken && !open) headers.authorization = `Bearer ${this.accessToken}`
      if (device) headers['x-device-token'] = device
    } else if (method !== 'GET') {
      const token = csrf === undefined ? cookie('nauth_csrf_token') : csrf
      if (token) headers['x-csrf-token'] = token
    }
    const credentials = this.tokenDelivery === 'json' ? 'omit' : 'include'
    const text = body && JSON.stringify(body)
    const response = await fetch(this.base + path, { method, headers, credentials, body: text })
    const answer = { method, path, status: response.status, body: await response.json() }
    this.answers.push(answer)
    return answer
  }

  async renew() {
    // Without a token there is nothing to exchange; whether there is a cookie, only the server knows.
    if (this.tokenDelivery === 'json' && !this.refreshToken) return false
    const { status, body } = await this.exchange()
    if (status === 401) this.forget()
    if (status !== 200) return false
    this.keep(body)
    return true
  }

  keep(answer) {
    const put = (name, value) => value !== undefined && this.storage.setItem(name, value)
    if (answer.challengeName) return put(CHALLENGE, JSON.stringify(answer))
    if (answer.user) {
      this.storage.removeItem(CHALLENGE)
      put(USER, JSON.stringify(answer.user))
    }
    if (this.tokenDelivery === 'json') {
      put(ACCESS, answer.accessToken)
      put(REFRESH, answer.refreshToken)
      put(ACCESS_ENDS, answer.accessTokenExpiresAt)
      put(REFRESH_ENDS, answer.refreshTokenExpiresAt)
      put(DEVICE, answer.deviceToken)
    }
  }

  /** Signed out, as far as this side goes. A trusted device stays one. */
  forget() {
    for (const name of [ACCESS, REFRESH, ACCESS_ENDS, REFRESH_ENDS, USER, CHALLENGE]) this.storage.removeItem(name)
  }
}

/** A cookie that scripts may read. */
export function cookie(name) {
  const pairs = document.cookie.split('; ').map((pair) => pair.split('='))
  return pairs.find(([own]) => own === name)?.[1]
}
