#!/usr/bin/env node
import './signals.ts';
import { main } from './command-line.ts';

void main();
