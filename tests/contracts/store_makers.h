// Every store that must keep the contract. A new one is added here and nowhere else.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/storage/memory_store.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "server/storage/store.h"
#include "tests/support/temporary_folder.h"

namespace khaosat {

// A store and whatever must outlive it.
struct StoreUnderTest {
  std::shared_ptr<void> ground;
  std::unique_ptr<Store> store;
};

struct StoreMaker {
  std::string name;
  std::function<StoreUnderTest()> make;
};

inline std::vector<StoreMaker> store_makers() {
  return {
      {"memory",
       [] {
         return StoreUnderTest{nullptr, std::make_unique<MemoryStore>()};
       }},
      {"sqlite",
       [] {
         const auto folder = std::make_shared<test::TemporaryFolder>(test::quick_parent());
         auto store = SqliteStore::open(folder->path());
         if (!store) throw std::runtime_error(store.error().message);
         return StoreUnderTest{folder, std::move(*store)};
       }},
  };
}

}  // namespace khaosat
