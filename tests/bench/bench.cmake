daftar_bench(voprf_bench LIBRARIES daftar::crypto PkgConfig::SODIUM)
daftar_bench(log_store_bench LIBRARIES daftar::storage)
daftar_bench(decision_bench LIBRARIES daftar::node_decision)
daftar_bench(import_bench LIBRARIES daftar::node_book daftar::storage)
