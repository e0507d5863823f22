#include "cold_reader.h"

#include <utility>

#include "batch_codec.h"
#include "centralita/base/status_macros.h"

namespace centralita::eventlog {

absl::StatusOr<std::unique_ptr<ColdReader>> ColdReader::Open(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(sqlite::Database db, sqlite::Database::Open(path));
  ABSL_RETURN_IF_ERROR(db.Execute("PRAGMA query_only = 1; PRAGMA cache_size = -512"));
  auto reader = std::unique_ptr<ColdReader>(new ColdReader(std::move(db)));
  ABSL_ASSIGN_OR_RETURN(
      reader->first_, reader->db_.Prepare("SELECT max(id) FROM batches WHERE id >= ? AND id <= ?"));
  ABSL_ASSIGN_OR_RETURN(
      reader->scan_,
      reader->db_.Prepare("SELECT bytes FROM batches WHERE id >= ? AND id < ? ORDER BY id"));
  return reader;
}

absl::StatusOr<int64_t> ColdReader::FirstRow(int64_t partition, uint64_t offset) {
  first_.Bind(1, RowId(partition, 0));
  first_.Bind(2, RowId(partition, offset));
  const sqlite::ResetAtEnd reset(first_);
  ABSL_RETURN_IF_ERROR(first_.Step().status());
  return first_.IsNull(0) ? RowId(partition, offset) : first_.Int(0);
}

absl::StatusOr<ColdReader::Result> ColdReader::Read(int64_t partition, uint64_t offset,
                                                    size_t max_bytes) {
  ABSL_ASSIGN_OR_RETURN(const int64_t first, FirstRow(partition, offset));
  scan_.Bind(1, first);
  scan_.Bind(2, RowId(partition + 1, 0));
  const sqlite::ResetAtEnd reset(scan_);
  Result result;
  size_t bytes = 0;
  while (bytes < max_bytes) {
    ABSL_ASSIGN_OR_RETURN(const bool more, scan_.Step());
    if (!more) {
      result.exhausted = true;
      break;
    }
    const std::string_view row = scan_.Blob(0);
    ABSL_ASSIGN_OR_RETURN(const BatchReader batch,
                          BatchReader::Open(row, BatchReader::Checks::kChecksum));
    if (batch.header().base + batch.header().count <= offset) continue;
    bytes += row.size();
    result.batches.push_back(std::make_shared<const std::string>(row));
  }
  return result;
}

}  // namespace centralita::eventlog
