// Which headers of an e-mail go into the log: those that tell people from machines, and no others,
// since headers are full of addresses and of what providers know of people.
#pragma once

#include "centralita/message/v1/message.pb.h"

namespace centralita::ingest {

// Drops what the classifier has no use for. Of what stays, values are cut to 256 bytes and control
// characters in them (the line breaks of a folded header) become spaces; at most 32 stay, the
// first. Of Return-Path only the empty one stays, which a bounce has.
void KeepTellingHeaders(google::protobuf::RepeatedPtrField<message::v1::Header>& headers);

}  // namespace centralita::ingest
