import type { Phrase } from '../words/words';
import type { IconName } from './icons';

/** How something that is more or less well is said and looks. */
export interface Look {
  phrase: Phrase;
  icon: IconName;
  level: 'good' | 'plain' | 'warning' | 'bad';
}
