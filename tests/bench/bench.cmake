daftar_bench(voprf_bench LIBRARIES daftar::crypto PkgConfig::SODIUM)
daftar_bench(log_store_bench LIBRARIES daftar::storage)
