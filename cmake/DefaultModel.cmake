# The model that the programs use where no other is named: made from models/corpus and models/concepts.txt while building, never committed. The
# target is default_model, the files are models/default.bin, default.txt (its report) and rows.jsonl of the build folder.
#
# What has been trained once is kept under the hash of what it was made of, the training program included, so that a fresh
# build folder has it at once.
if(DEFINED ENV{CENTRALITA_CACHE})
  set(model_cache "$ENV{CENTRALITA_CACHE}/models")
else()
  set(model_cache "${PROJECT_SOURCE_DIR}/build/model-cache")
endif()
set(CENTRALITA_MODEL_CACHE "${model_cache}" CACHE PATH "Where trained default models are kept")
set(CENTRALITA_MODEL_FOLDER "${CMAKE_BINARY_DIR}/models")
file(MAKE_DIRECTORY "${CENTRALITA_MODEL_FOLDER}")
# Data, not sources: a phrase file more or less is found at the next build.
file(GLOB_RECURSE corpus_files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/models/corpus/*.txt")

add_custom_command(
  OUTPUT "${CENTRALITA_MODEL_FOLDER}/rows.jsonl"
  COMMAND centralita-corpus generate --corpus "${PROJECT_SOURCE_DIR}/models/corpus" --seed 1
          --output "${CENTRALITA_MODEL_FOLDER}/rows.jsonl"
  DEPENDS centralita-corpus ${corpus_files}
  COMMENT "Writing the default model's rows"
  VERBATIM)
add_custom_command(
  OUTPUT "${CENTRALITA_MODEL_FOLDER}/default.bin" "${CENTRALITA_MODEL_FOLDER}/default.txt"
  COMMAND centralita-train "${CENTRALITA_MODEL_FOLDER}/rows.jsonl" "${PROJECT_SOURCE_DIR}/models/concepts.txt"
          "${CENTRALITA_MODEL_FOLDER}/default.bin" "${CENTRALITA_MODEL_FOLDER}/default.txt" "${CENTRALITA_MODEL_CACHE}"
  DEPENDS centralita-train "${CENTRALITA_MODEL_FOLDER}/rows.jsonl" "${PROJECT_SOURCE_DIR}/models/concepts.txt"
  COMMENT "Training the default model (20 s, unless it was trained before)"
  VERBATIM)
add_custom_target(default_model ALL DEPENDS "${CENTRALITA_MODEL_FOLDER}/default.bin")
# Whoever builds a program that classifies gets it too.
foreach(program centralita centralita-classifier)
  if(TARGET ${program})
    add_dependencies(${program} default_model)
  endif()
endforeach()
