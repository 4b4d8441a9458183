# A shared library that is loaded when one of its functions is first called, not when the program starts. Most
# commands need no HTTP and no archives, but would pay for the loading of some thirty libraries behind those two
# (docs/adr/0007-libraries-on-demand.md has the figures).
#
#   house_lazy_library(<target> <name> MODULE <pkg-config module> FUNCTIONS <function>...)
#
# The functions are those that the project calls; the linker names one that is missing here. Elsewhere than on
# x86-64 Linux the library is linked as any other.
include_guard(GLOBAL)

function(house_lazy_library target name)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "MODULE" "FUNCTIONS")
    find_package(PkgConfig REQUIRED)
    pkg_check_modules(house_lazy_${name} REQUIRED IMPORTED_TARGET GLOBAL ${arg_MODULE})
    if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux" OR NOT CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
        target_link_libraries(${target} INTERFACE PkgConfig::house_lazy_${name})
        return()
    endif()
    house_soname(soname ${name})
    set(library ${name})
    set(names "")
    set(entries "")
    set(index 0)
    foreach(function IN LISTS arg_FUNCTIONS)
        string(APPEND names "    \"${function}\",\n")
        string(APPEND entries "CERTLEDGER_LAZY_FUNCTION(${function}, ${index})\n")
        math(EXPR index "${index} + 1")
    endforeach()
    set(count ${index})
    set(file "${PROJECT_BINARY_DIR}/generated/lazy_${name}.cpp")
    configure_file("${PROJECT_SOURCE_DIR}/tools/cmake/lazy_library.cpp.in" "${file}" @ONLY)
    add_library(house_lazy_stub_${name} STATIC "${file}")
    target_compile_features(house_lazy_stub_${name} PRIVATE cxx_std_20)
    target_link_libraries(house_lazy_stub_${name} PUBLIC ${CMAKE_DL_LIBS})
    target_include_directories(${target} SYSTEM INTERFACE ${house_lazy_${name}_INCLUDE_DIRS})
    target_link_libraries(${target} INTERFACE house_lazy_stub_${name})
endfunction()

# The name under which the system's loader knows the library: what the linker would have written down.
function(house_soname out name)
    find_library(HOUSE_LAZY_${name} ${house_lazy_${name}_LIBRARIES} HINTS ${house_lazy_${name}_LIBRARY_DIRS} REQUIRED)
    execute_process(COMMAND "${CMAKE_OBJDUMP}" -p "${HOUSE_LAZY_${name}}" OUTPUT_VARIABLE text RESULT_VARIABLE failed)
    if(failed OR NOT text MATCHES "SONAME +([^ \n]+)")
        message(FATAL_ERROR "House: ${HOUSE_LAZY_${name}} tells no SONAME")
    endif()
    set(${out} "${CMAKE_MATCH_1}" PARENT_SCOPE)
endfunction()
