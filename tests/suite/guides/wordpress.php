<?php
// A stand-in for WordPress and WooCommerce, as far as the guide's plugin needs them: hooks, and
// orders in files. Like WooCommerce, it saves an order of the classic checkout after the hook, and
// an order of the block checkout before it.
declare(strict_types=1);

$hooks = [];

function add_action(string $hook, callable $callback): void
{
    global $hooks;
    $hooks[$hook][] = $callback;
}

function do_action(string $hook, mixed $argument = ''): void
{
    global $hooks;
    foreach ($hooks[$hook] ?? [] as $callback) {
        $hook === 'init' ? $callback() : $callback($argument);
    }
}

class WC_Order
{
    private array $meta = [];

    public function __construct(private int $id, private string|float $total, private string $currency)
    {
    }

    public function get_total(): string|float
    {
        return $this->total;
    }

    public function get_currency(): string
    {
        return $this->currency;
    }

    public function get_meta(string $key): mixed
    {
        return $this->meta[$key] ?? '';
    }

    public function update_meta_data(string $key, mixed $value): void
    {
        $this->meta[$key] = $value;
    }

    public function save(): void
    {
        file_put_contents(__DIR__ . "/order-$this->id", serialize($this));
    }
}

function wc_get_order(int $id): WC_Order
{
    return unserialize(file_get_contents(__DIR__ . "/order-$id"));
}

require __DIR__ . '/../wp-content/plugins/s2s-sales.php';
do_action('init');
$body = file_get_contents('php://input');
if ($body === '') {
    exit;
}
$call = json_decode($body, true);
if (isset($call['total'])) {
    $order = new WC_Order($call['id'], $call['total'], $call['currency']);
    $order->save();
    do_action($call['hook'], $order);
    if ($call['hook'] === 'woocommerce_checkout_create_order') {
        $order->save();
    }
} else {
    do_action($call['hook'], $call['id']);
}
