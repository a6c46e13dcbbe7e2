// Times chains of ten Node-RED nodes inside its runtime, without editor; prints µs per node as JSON.
//
// Arguments: the payload's file, an empty folder for its user directory, and "sync" for its synchronous delivery.
// Each chain is also timed without its ten nodes, and that is taken off: only the nodes are counted. `many`: 1,000
// messages are under way at once, which is its best case; else one message goes through before the next begins.

const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const [payloadFile, userDir, delivery] = process.argv.slice(2);
const RED = require(path.join(process.cwd(), "node_modules", "node-red"));

const NODES = 10;
const MANY = 1000;
const TIMES = 30;
const payload = fs.readFileSync(payloadFile, "utf8");

const change = { type: "change", rules: [{ t: "set", p: "payload.total", pt: "msg", to: "180", tot: "num" }] };
const change_msg = {
    type: "change",
    rules: [{ t: "set", p: "payload.total", pt: "msg", to: "payload.order.total", tot: "msg" }],
};
const kinds = {
    none: null,
    change,
    change_msg,
    switch: {
        type: "switch",
        property: "payload.order.total",
        propertyType: "msg",
        rules: [{ t: "gt", v: "100", vt: "num" }],
        checkall: "true",
        repair: false,
        outputs: 1,
    },
    function: {
        type: "function",
        func: "msg.payload.n = msg.payload.n + 1;\nreturn msg;",
        outputs: 1,
        timeout: 0,
        initialize: "",
        finalize: "",
        libs: [],
    },
};

let left = 0;
let ended = () => {};

function flows() {
    const nodes = [];
    for (const [kind, settings] of Object.entries(kinds)) {
        const count = settings ? NODES : 0;
        nodes.push({ id: `tab-${kind}`, type: "tab", label: kind });
        nodes.push({ id: `${kind}-begin`, type: "bench-begin", z: `tab-${kind}`, wires: [[`${kind}-0`]] });
        for (let n = 0; n < count; n++) {
            nodes.push({ id: `${kind}-${n}`, z: `tab-${kind}`, ...settings, wires: [[`${kind}-${n + 1}`]] });
        }
        nodes.push({ id: `${kind}-${count}`, type: "bench-end", z: `tab-${kind}`, wires: [] });
    }
    return nodes;
}

const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];

async function microseconds(kind, messages) {
    const begin = RED.nodes.getNode(`${kind}-begin`);
    const sent = Array.from({ length: messages }, () => ({ _msgid: RED.util.generateId(), payload: JSON.parse(payload) }));
    left = messages;
    const done = new Promise((resolve) => (ended = resolve));
    const began = process.hrtime.bigint();
    for (const message of sent) begin.receive(message);
    await done;
    return Number(process.hrtime.bigint() - began) / 1000 / messages;
}

async function perMessage(kind, messages, times) {
    const measured = [];
    for (let n = 0; n < times + times / 2; n++) measured.push(await microseconds(kind, messages));
    return median(measured.slice(-times));
}

async function main() {
    const server = http.createServer();
    RED.init(server, {
        userDir,
        httpAdminRoot: false,
        httpNodeRoot: false,
        runtimeSyncDelivery: delivery === "sync",
        logging: { console: { level: "error", metrics: false, audit: false } },
        telemetry: { enabled: false, updateNotification: false },
        flowFile: "flows.json",
    });
    RED.events.setMaxListeners(0);
    const started = new Promise((resolve) => RED.events.once("flows:started", resolve));
    await RED.start();
    await started;
    RED.nodes.registerType("bench-begin", function (config) {
        RED.nodes.createNode(this, config);
        this.on("input", (message, send, done) => (send(message), done()));
    });
    RED.nodes.registerType("bench-end", function (config) {
        RED.nodes.createNode(this, config);
        this.on("input", (message, send, done) => {
            done();
            if (--left === 0) ended();
        });
    });
    const deployed = new Promise((resolve) => RED.events.once("flows:started", resolve));
    await RED.runtime.flows.setFlows({ flows: { flows: flows() }, deploymentType: "full" });
    await deployed;

    const figures = {};
    const prefix = delivery === "sync" ? "node_red_sync" : "node_red";
    const empty = await perMessage("none", MANY, TIMES);
    for (const kind of Object.keys(kinds).slice(1)) {
        figures[`${prefix}_${kind}`] = ((await perMessage(kind, MANY, TIMES)) - empty) / NODES;
    }
    const alone = await perMessage("none", 1, MANY);
    figures[`${prefix}_change_alone`] = ((await perMessage("change", 1, MANY)) - alone) / NODES;
    console.log(JSON.stringify(figures));
    process.exit(0);
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
