/**
 * Owns the form that plans backups: a folder of the server or a store that speaks S3, when, how many stay, and the key
 * that they are encrypted for.
 *
 * @typedef {import('../../web/types').Backups} Backups
 * @typedef {import('../../web/types').BackupKey} BackupKey
 */

import { post, LinkError, ProblemError } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { ask } from '/web/staff/dialog.js';
import { field, showProblems, text } from '/manager/setup/fields.js';

/**
 * @param {Backups} told
 * @param {() => void} done the plan is another one now
 * @returns {HTMLElement}
 */
export function planForm(told, done) {
  const store = told.bucket;
  const keep = () => undefined;
  /** @param {string} value @param {Record<string, any>} [more] */
  const input = (value, more) => text(value, keep, Object.assign({ spellcheck: false, maxLength: 300 }, more));
  const folder = input(store ? '' : told.folder, { placeholder: '/media/usb' });
  const endpoint = input(store ? store.endpoint : '', { inputMode: 'url', placeholder: 'https://s3.example.go.id' });
  const bucket = input(store ? store.bucket : '');
  const prefix = input(store ? store.prefix : '');
  const region = input(store ? store.region : 'us-east-1');
  const accessKey = input(store ? store.access_key : '');
  const secret = input('', { type: 'password', maxLength: 500, autocomplete: 'off' });
  const hosted = el('input', { type: 'checkbox', checked: Boolean(store && store.hosted) });
  const ca = el('textarea', { class: 'input', id: 'backup-ca', rows: 3, maxLength: 20000, spellcheck: false, value: store ? store.ca : '', 'aria-describedby': 'backup-ca-wrong' });
  const at = input(told.at || '19:00', { type: 'time', required: true });
  const kept = input(String(told.keep || 14), { type: 'number', min: '1', max: '1000', required: true });
  const key = input(told.key, { placeholder: 'age1…' });
  const password = input('', { type: 'password', maxLength: 200, autocomplete: 'current-password', required: true });

  const toFolder = el('div', { class: 'fields' },
    field(t('Folder on the server'), folder, { path: 'folder', hint: t('A stick, a mounted share or another disk: the whole path.') }));
  const toStore = el('div', { class: 'stack' },
    el('div', { class: 'fields' },
      field(t('Address of the store'), endpoint, { path: 'endpoint', hint: t('Empty for Amazon\'s.') }),
      field(t('Bucket'), bucket, { path: 'bucket' }),
      field(t('Place in it'), prefix, { path: 'prefix', hint: t('Like a folder. Several servers may share one.') }),
      field(t('Access key'), accessKey, { path: 'access_key' }),
      field(t('Its secret'), secret, { path: 'secret', hint: store ? t('Empty: as it is.') : '' })),
    el('details', {}, el('summary', {}, t('Region, own certificate')),
      el('div', { class: 'stack' },
        field(t('Region'), region, { path: 'region' }),
        el('label', { class: 'check' }, hosted, t('The bucket\'s name is a part of the address')),
        el('div', { class: 'field', 'data-path': 'ca' },
          el('label', { class: 'strong', for: 'backup-ca' }, t('Certificate of its authority (PEM)')), ca,
          el('small', { class: 'error', id: 'backup-ca-wrong', 'aria-live': 'polite' })))));

  let inStore = Boolean(store);
  const turn = () => {
    toFolder.hidden = inStore;
    toStore.hidden = !inStore;
  };
  /** @param {boolean} value @param {string} words @param {string} more */
  const kind = (value, words, more) => el('label', { class: 'kind' },
    el('input', { type: 'radio', name: 'backup-place', checked: inStore === value, onchange: () => { inStore = value; turn(); } }),
    el('span', {}, el('b', {}, words), el('small', {}, more)));
  turn();

  const wrong = el('div', { role: 'alert' });
  const send = el('button', { type: 'submit', class: 'button' }, t('Try it and keep the plan'));
  const form = el('form', { class: 'stack backup-form', onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    submit();
  } },
    el('div', { class: 'kinds', role: 'radiogroup', 'aria-label': t('Where backups go') },
      kind(false, t('A folder'), t('on a stick, a share, another disk')),
      kind(true, t('A store in the network'), t('that speaks S3: MinIO, Ceph, Garage, Amazon'))),
    toFolder, toStore,
    el('div', { class: 'fields' },
      field(t('Every day at'), at, { path: 'at' }),
      field(t('So many are kept'), kept, { path: 'keep' })),
    el('div', { class: 'fields' },
      field(t('Encrypt them for this key'), key, { path: 'key', hint: t('Empty: not encrypted.') }),
      el('button', { type: 'button', class: 'button quiet', onclick: newKey }, t('Make a key'))),
    field(t('Your password'), password, { path: 'password' }),
    wrong,
    el('div', { class: 'actions' }, send,
      told.planned ? el('button', { type: 'button', class: 'button quiet', onclick: end }, t('Make no more backups')) : null));

  /** @param {() => Promise<unknown>} work */
  async function trying(work) {
    if (send.getAttribute('aria-busy') === 'true') {
      return;
    }
    send.setAttribute('aria-busy', 'true');
    say(send, t('Trying it …'));
    fill(wrong);
    showProblems(form, []);
    try {
      await work();
    } catch (error) {
      if (!(error instanceof LinkError || error instanceof ProblemError)) {
        throw error;
      }
      const path = error instanceof ProblemError ? (error.field || '').split('.').pop() || '' : '';
      const left = showProblems(form, [{ path, words: error.detail }]);
      fill(wrong, ...left.map((each) => el('p', { class: 'banner danger' }, each.words)));
      const bad = /** @type {HTMLElement | null} */ (form.querySelector('[aria-invalid="true"]'));
      (bad || send).focus();
    } finally {
      send.removeAttribute('aria-busy');
      say(send, t('Try it and keep the plan'));
    }
  }

  function submit() {
    return trying(async () => {
      await post('/api/backups/plan', Object.assign({
        password: password.value, at: at.value, keep: Number(kept.value) || 0, key: key.value.trim(),
      }, inStore ? {
        bucket: {
          bucket: bucket.value.trim(), prefix: prefix.value.trim().replace(/^\/+|\/+$/g, ''), endpoint: endpoint.value.trim(),
          region: region.value.trim(), access_key: accessKey.value.trim(), hosted: hosted.checked, ca: ca.value.trim(),
        },
        secret: secret.value,
      } : { folder: folder.value.trim() }), { as: 'staff' });
      done();
    });
  }

  async function end() {
    const sure = await ask({ title: t('Make no more backups?'), intro: t('The files that are there stay.'), confirm: t('Make no more'), careful: true });
    if (sure) {
      await trying(async () => {
        await post('/api/backups/end', {}, { as: 'staff' });
        done();
      });
    }
  }

  function newKey() {
    return trying(async () => {
      const made = /** @type {BackupKey} */ (await post('/api/backups/key', {}, { as: 'staff' }));
      const file = URL.createObjectURL(new Blob([`# public key: ${made.public}\n${made.secret}\n`], { type: 'text/plain' }));
      const kept = await ask({
        title: t('Keep this key'),
        intro: t('Without it nobody opens the backups, nor do we. It is shown just now: keep it away from this server, printed or on a stick.'),
        fields: [
          el('p', { class: 'factor-key number backup-key' }, made.secret),
          el('a', { class: 'button quiet', href: file, download: 'ramah-backup-key.txt' }, t('Save it as a file')),
        ],
        confirm: t('I have kept it'),
      });
      URL.revokeObjectURL(file);
      if (kept) {
        key.value = made.public;
      }
    });
  }

  return form;
}
