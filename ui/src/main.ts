/** Opens the window's page: connects to the host that was chosen at build time and mounts the one component. */

import './style/index.css';
import { connect } from '#host';
import { mount } from 'svelte';
import App from './screens/App.svelte';

const target = document.getElementById('app');
if (target) mount(App, { target, props: { host: connect() } });
