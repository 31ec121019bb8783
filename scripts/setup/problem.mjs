/**
 * What stops set-up, said so that a stranger can act on it: what is missing, and how to get it on this platform.
 */

/** Thrown by set-up on purpose; anything else is a bug and keeps its stack. */
export class SetupProblem extends Error {
  /**
   * @param {string} message what is missing or went wrong
   * @param {string} remedy what to do about it
   */
  constructor(message, remedy) {
    super(message);
    this.name = 'SetupProblem';
    this.remedy = remedy;
  }
}

/** @type {Record<string, Record<string, string>>} */
const remedies = {
  python: {
    linux:
      'Install Python 3 with pip: "sudo apt-get install python3 python3-pip" (Debian, Ubuntu), "sudo dnf install python3 python3-pip" (Fedora, RHEL).',
    darwin: 'Install Python 3 with pip: "xcode-select --install", or "brew install python".',
    win32: 'Install Python 3 from python.org and tick "Add python.exe to PATH".',
  },
  compiler: {
    linux:
      'Install a C++ compiler: "sudo apt-get install g++" (Debian, Ubuntu), "sudo dnf install gcc-c++" (Fedora, RHEL). Another compiler can be named in the variable CXX.',
    darwin: 'Install Apple\'s command-line tools: "xcode-select --install".',
    win32: 'Install "Build Tools for Visual Studio" with the workload "Desktop development with C++".',
  },
  npm: {
    linux:
      'Install Node.js 20 or newer together with npm (nodejs.org, or your distribution\'s packages "nodejs npm").',
    darwin: 'Install Node.js 20 or newer, which brings npm (nodejs.org, or "brew install node").',
    win32: 'Install Node.js 20 or newer, which brings npm (nodejs.org).',
  },
};

/**
 * How to get a thing on a platform.
 * @param {'python' | 'compiler' | 'npm'} thing
 * @param {NodeJS.Platform} platform
 * @returns {string}
 */
export function howToGet(thing, platform) {
  const byPlatform = /** @type {Record<string, string>} */ (remedies[thing]);
  return /** @type {string} */ (byPlatform[platform] ?? byPlatform.linux);
}

/**
 * A problem as two or three lines for the terminal.
 * @param {unknown} error
 * @returns {string}
 */
export function describeProblem(error) {
  if (error instanceof SetupProblem) return `\nSet-up stopped: ${error.message}\n  ${error.remedy}\n`;
  return `\nSet-up failed unexpectedly: ${error instanceof Error ? error.stack : String(error)}\n`;
}
