/* What a device keeps of somebody's: cards, and decisions that have not been sent or were not taken. */
const NAME = "reviewhub";
let opened = null;

function open() {
  opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("cards", { keyPath: "id" });
      asked.result.createObjectStore("decisions", { keyPath: "key" });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  return opened;
}

/* Resolves when what was done is on the device, and not before. */
async function within(name, mode, act) {
  const base = await open();
  return new Promise((done, failed) => {
    const both = base.transaction(name, mode);
    const asked = act(both.objectStore(name));
    both.oncomplete = () => done(asked.result);
    both.onerror = both.onabort = () => failed(both.error);
  });
}

export const all = (name) => within(name, "readonly", (store) => store.getAll());
export const put = (name, value) => within(name, "readwrite", (store) => store.put(value));
export const remove = (name, key) => within(name, "readwrite", (store) => store.delete(key));
export const clear = (name) => within(name, "readwrite", (store) => store.clear());
