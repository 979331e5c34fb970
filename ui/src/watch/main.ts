import { mount } from 'svelte';

import App from './App.svelte';
import { parseAddress } from './address';
import './watch.css';
import { chooseLanguage, languageTag, speaker } from '../words/language';

const url = new URL(location.href);
const address = parseAddress(url);
const language = chooseLanguage(address?.language ?? url.searchParams.get('lang'), navigator.languages);
document.documentElement.lang = languageTag(language);

mount(App, { target: document.body, props: { address, language, say: speaker(language) } });
