/**
 * Installers: Windows (nsis), macOS (dmg, both architectures), Linux (AppImage, deb). Run by "npm run package", on the system that
 * it is for; docs/release.md has the steps.
 *
 * The code is bundled (electron.vite.config.ts), so that of node_modules only the native packages ship, outside the archive.
 * TensorFlow's library (0.8 GB) is fetched at the first start, unless LESION_LAB_BUNDLE_NATIVE=1 puts it in. LESION_LAB_WITHOUT_MODEL=1
 * leaves out the default model, whose licence excludes commercial use.
 */
import { EXECUTABLE, setFuses } from './scripts/build/set-fuses.ts';
import { bundledModels, nativeResources, shippedPackages } from './scripts/build/shipped.ts';

/** @type {import('electron-builder').Configuration} */
export default {
  appId: 'org.lesionlab.workstation',
  productName: 'Lesion Lab',
  copyright: 'Apache-2.0',
  directories: { output: 'dist', buildResources: 'resources/icons' },
  files: [
    '!**/*',
    'package.json',
    'LICENSE',
    'THIRD-PARTY-NOTICES.md',
    'resources/software-notices.txt',
    'out/{main,preload,renderer}/**',
    'resources/weights/**',
    ...bundledModels(process.env.LESION_LAB_WITHOUT_MODEL === '1'),
    'resources/native-library.json',
    ...shippedPackages(),
  ],
  asarUnpack: ['node_modules/**', 'resources/weights/**', 'resources/models/**'],
  extraResources: nativeResources(process.env.LESION_LAB_BUNDLE_NATIVE === '1'),
  // Every native part here is Node-API, the same for Node and Electron.
  npmRebuild: false,
  electronLanguages: ['en-US'],
  afterPack: setFuses,
  win: { target: [{ target: 'nsis', arch: ['x64'] }], icon: 'resources/icons/icon.ico' },
  nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
  mac: {
    target: [{ target: 'dmg', arch: ['x64', 'arm64'] }],
    icon: 'resources/icons/icon.icns',
    category: 'public.app-category.medical',
    hardenedRuntime: true,
    gatekeeperAssess: false,
    entitlements: 'resources/icons/entitlements.mac.plist',
    entitlementsInherit: 'resources/icons/entitlements.mac.plist',
  },
  linux: {
    executableName: EXECUTABLE,
    target: ['AppImage', 'deb'],
    icon: 'resources/icons/icon.png',
    category: 'Science',
    maintainer: 'Lesion Lab maintainers',
    synopsis: 'Trains, compares and questions classifiers of skin lesions',
  },
};
