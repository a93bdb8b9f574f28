/**
 * Owns what the browser does with passkeys: one is made, or signs at log-in. Keys never leave the
 * device; what goes to the server is base64url.
 *
 * @typedef {import('../../types').KnownKey} KnownKey
 * @typedef {import('../../types').PasskeyAsked} PasskeyAsked
 * @typedef {import('../../types').PasskeyBegun} PasskeyBegun
 * @typedef {import('../../types').RecoveryCodes} RecoveryCodes
 */

import { post } from '/web/api.js';
import { el } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { until } from '/web/staff/dialog.js';

/** @returns {boolean} whether this browser gives keys to this page */
export function browserKnows() {
  return window.isSecureContext && typeof window.PublicKeyCredential === 'function';
}

/**
 * @param {string} at the address at which the office's passkeys count; empty for none
 * @returns {string} why no passkey can be made on this page; empty when one can
 */
export function whyNot(at) {
  if (!at) {
    return t('Passkeys need an address that begins with https and has a name. The technician can set that up.');
  }
  if (at !== location.origin) {
    return t('Passkeys are set up at {address}. Please open this page there.', { address: at });
  }
  return browserKnows() ? '' : t('This browser knows no passkeys.');
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
function bytes(text) {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  const made = new Uint8Array(new ArrayBuffer(plain.length));
  for (let each = 0; each < plain.length; each += 1) {
    made[each] = plain.charCodeAt(each);
  }
  return made;
}

/** @param {ArrayBuffer | null} some @returns {string} */
function text(some) {
  const letters = Array.from(new Uint8Array(some || new ArrayBuffer(0)), (each) => String.fromCharCode(each));
  return btoa(letters.join('')).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
}

/** @param {KnownKey[]} keys @returns {PublicKeyCredentialDescriptor[]} */
function known(keys) {
  return keys.map((each) => ({
    type: 'public-key',
    id: bytes(each.credential),
    transports: /** @type {AuthenticatorTransport[]} */ (each.transports),
  }));
}

/** No key came; `detail` says it in words. */
export class KeyTrouble extends Error {
  /** @param {string} detail */
  constructor(detail) {
    super(detail);
    this.detail = detail;
  }
}

/**
 * @param {() => Promise<Credential | null>} work
 * @returns {Promise<PublicKeyCredential>}
 */
async function asking(work) {
  try {
    const found = await work();
    if (found) {
      return /** @type {PublicKeyCredential} */ (found);
    }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'InvalidStateError') {
      throw new KeyTrouble(t('This device has a passkey of yours already.'));
    }
  }
  throw new KeyTrouble(t('No passkey came. Please try once more.'));
}

/**
 * Have a key sign what the server asks at log-in.
 *
 * @param {PasskeyAsked} asked
 * @param {AbortSignal} signal ends the wait
 * @returns {Promise<Record<string, string>>} the field `passkey` of the log-in
 */
export async function signed(asked, signal) {
  const found = await asking(() => navigator.credentials.get({
    signal,
    publicKey: {
      challenge: bytes(asked.challenge),
      rpId: asked.rp,
      allowCredentials: known(asked.known),
      timeout: asked.seconds * 1000,
      userVerification: 'preferred',
    },
  }));
  const answer = /** @type {AuthenticatorAssertionResponse} */ (found.response);
  return {
    credential: found.id,
    client_data: text(answer.clientDataJSON),
    authenticator_data: text(answer.authenticatorData),
    signature: text(answer.signature),
    user: text(answer.userHandle),
  };
}

/**
 * @param {PasskeyBegun} begun
 * @param {string} name
 * @returns {Promise<RecoveryCodes>}
 */
async function made(begun, name) {
  const found = await asking(() => navigator.credentials.create({
    publicKey: {
      challenge: bytes(begun.challenge),
      rp: { id: begun.rp, name: begun.office },
      user: { id: bytes(begun.user), name: begun.login, displayName: begun.name },
      pubKeyCredParams: begun.algorithms.map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: known(begun.known),
      timeout: begun.seconds * 1000,
      attestation: 'none',
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    },
  }));
  const answer = /** @type {AuthenticatorAttestationResponse} */ (found.response);
  return post('/api/passkeys', {
    name,
    credential: found.id,
    client_data: text(answer.clientDataJSON),
    attestation: text(answer.attestationObject),
    transports: answer.getTransports ? answer.getTransports().filter((each) => /^[a-z-]{1,20}$/.test(each)).slice(0, 8) : [],
  }, { as: 'staff' });
}

/**
 * Ask for name and password, and make a key.
 *
 * @param {{input: HTMLInputElement, node: HTMLElement}} password
 * @returns {Promise<RecoveryCodes | null>} null when the person thought better of it
 */
export function addPasskey(password) {
  const name = el('input', { id: 'passkey-name', class: 'input', maxLength: 64, autocomplete: 'off', 'aria-describedby': 'passkey-hint' });
  return until({
    title: t('Set a passkey up'),
    intro: t('Your browser then asks for fingerprint, face or PIN of this device, or for a security key.'),
    confirm: t('Go on'),
    fields: [
      el('div', { class: 'field' },
        el('label', { class: 'strong', for: 'passkey-name' }, t('What shall it be called?')),
        name,
        el('small', { class: 'soft', id: 'passkey-hint' }, t('By what you know it again later, such as: my phone.'))),
      password.node,
    ],
    missing: () => {
      if (!name.value.trim()) {
        return t('Please give it a name.');
      }
      return password.input.value ? null : t('Please type your password.');
    },
  }, async () => made(await post('/api/passkeys/begin', { password: password.input.value }, { as: 'staff' }), name.value.trim()));
}
