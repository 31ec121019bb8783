/** Entry of the window: styles, the connection, the frame. */
import '../src-main/contract/without-code-generation.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/dialogs.css';
import { mount } from 'svelte';
import App from './App.svelte';

mount(App, { target: document.querySelector('#app')! });
