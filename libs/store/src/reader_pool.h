// Connections that only read, as many as threads read at once.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/sqlite/database.h"

namespace centralita::store {

struct Reader {
  sqlite::Database db;
  sqlite::Statement begin;
  sqlite::Statement end;
  sqlite::Statement get;
  sqlite::Statement scan_from;
  sqlite::Statement scan_behind;
};

// Thread-safe; outlives what it lends.
class ReaderPool final {
 public:
  explicit ReaderPool(std::string path) : path_(std::move(path)) {}

  // Given back when it goes.
  class Lease final {
   public:
    Lease(ReaderPool& pool, std::unique_ptr<Reader> reader)
        : pool_(&pool), reader_(std::move(reader)) {}
    ~Lease() {
      if (reader_ != nullptr) pool_->GiveBack(std::move(reader_));
    }
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    Reader* operator->() const { return reader_.get(); }

   private:
    ReaderPool* pool_;
    std::unique_ptr<Reader> reader_;
  };
  absl::StatusOr<Lease> Take();

 private:
  absl::StatusOr<std::unique_ptr<Reader>> Open() const;
  void GiveBack(std::unique_ptr<Reader> reader);

  const std::string path_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Reader>> idle_;
};

}  // namespace centralita::store
