/** Owns what people call the ways in which a number is taken. */

import { t } from '/web/i18n.js';

/** The roles that may take a number, as the log has them, and the roll that visitors tear one off. */
export const CHANNELS = ['kiosk', 'host', 'staff', 'supervisor', 'manager', 'admin', 'roll'];

/** @param {string} channel */
export function channelName(channel) {
  switch (channel) {
    case 'kiosk':
      return t('Kiosk');
    case 'host':
      return t('Host');
    case 'staff':
      return t('Staff');
    case 'supervisor':
      return t('Supervisor');
    case 'manager':
      return t('Manager');
    case 'admin':
      return t('Administrator');
    case 'roll':
      return t('Paper roll');
    default:
      return channel;
  }
}
