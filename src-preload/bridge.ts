/** What the preload script puts into the page as `window.lesionLab`. The window declares what it needs of it by itself. */

export interface Packet {
  readonly page: string;
  readonly kind: 'open' | 'message' | 'close';
  readonly text?: string;
}

export interface WindowBridge {
  send(packet: Packet): void;
  onPacket(listener: (packet: Packet) => void): void;
  /** Empty for a file that lies nowhere on the disk. */
  pathOf(file: File): string;
}
